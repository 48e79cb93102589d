"""The ghost engine: clipped sums without per-example gradients.

Every use of a weight w in a critic, forward or in the backward pass that the
gradient penalty goes through, is linear in w: record i adds A_i^T B_i to the
gradient, where A_i is the use's input and B_i is the loss's gradient with
respect to its output. One backward pass gives all A and B. The norm of
sum_u A_u^T B_u follows from them without the product, and once the clip factors
s_i are known, the clipped sum is that of products of (A, s B).

Goodfellow (2015), Efficient per-example gradient computations; Li et al.
(2022), Large language models can be strong differentially private learners;
Bu et al. (2022), Scalable and efficient training of large convolutional
networks with differential privacy; here extended to the double backward pass
of WGAN-GP.

  operators  uses of a weight: forward, transposed, and their patches
  geometry   which pixels a convolution's output positions see
  recording  finds A and B of every use while the loss is computed
  layers     which Keras layers are supported, and how they use their weights
  norms      norms and weighted sums of one variable, from gradients
  grams      the same from inner products between positions
  grid       shares that float32 adds exactly
  costs      which of these forms is the cheaper one for a variable
  blocks     a few records after another
  engine     puts these together
"""
