"""What a bar counts as the time of steps."""

from dpgan_tf.run.callbacks import progress_bars


def test_what_is_prepared_before_the_first_step_is_not_counted():
    watch = progress_bars.ProgressBar(title="steps", num_steps=10)
    bar = watch._bar
    bar.start_t -= 100
    bar.last_print_t -= 100
    assert bar.format_dict["elapsed"] >= 100
    watch.on_train_begin()
    assert bar.format_dict["elapsed"] < 50
    watch.close(is_clean=True)
