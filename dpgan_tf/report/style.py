"""The look of a report: light and dark, on a screen, a phone and paper."""

_LIGHT = """
  --paper: #ffffff; --card: #f4f6f8; --ink: #1c2128; --mute: #57606a;
  --line: #d4dae1; --link: #0b5cad; --warn: #b3261e; --warn-card: #fdf0ef;
"""
_DARK = """
  --paper: #14171b; --card: #1e232a; --ink: #e6e9ed; --mute: #a2acb8;
  --line: #38404a; --link: #7cb7ff; --warn: #ff8a80; --warn-card: #2b1c1c;
"""

CSS = (
    ":root { color-scheme: light dark;"
    + _LIGHT
    + "}\n@media (prefers-color-scheme: dark) { :root {"
    + _DARK
    + """} }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1rem 4rem;
  font: 1rem/1.55 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); }
h1, h2, h3 { line-height: 1.2; }
h1 { font-size: 1.7rem; margin: 0 0 .4rem; }
.lead { font-size: 1.1rem; margin: 0 0 1rem; color: var(--mute); }
h2 { font-size: 1.3rem; margin: 0 0 .8rem; }
h3 { font-size: 1rem; margin: 1.4rem 0 .5rem; }
p, li { max-width: 46rem; overflow-wrap: break-word; }
a { color: var(--link); }
small { color: var(--mute); font-size: .85rem; display: block; }
section { padding: 1.2rem 0 1.6rem; border-top: 1px solid var(--line);
  scroll-margin-top: 1rem; }
.tiles { display: grid; gap: .6rem; margin: 1.2rem 0;
  grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); }
.tiles div { background: var(--card); border-radius: .5rem;
  padding: .6rem .9rem; }
.tiles dt { color: var(--mute); font-size: .85rem; }
.tiles dd { margin: 0; font-size: 1.25rem; font-weight: 600;
  overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; min-width: 20rem; }
th, td { padding: .35rem .8rem .35rem 0; vertical-align: top;
  border-bottom: 1px solid var(--line); text-align: left; }
th:last-child, td:last-child { padding-right: 0; }
td { overflow-wrap: anywhere; }
td:first-child { overflow-wrap: break-word; }
.numbers th, .numbers td { text-align: right; overflow-wrap: normal; }
.numbers th:first-child, .numbers td:first-child { text-align: left;
  min-width: 10rem; }
.numbers small { max-width: 26rem; }
.settings td:last-child { min-width: 7rem; }
details { margin: .8rem 0; }
summary { cursor: pointer; color: var(--link); }
code { white-space: nowrap; }
pre code { white-space: inherit; }
pre { overflow-x: auto; background: var(--card); padding: .8rem 1rem;
  border-radius: .5rem; font-size: .88rem; }
img { max-width: 100%; height: auto; display: block; border-radius: .25rem; }
.pixels { image-rendering: pixelated; width: 36rem; }
.classes { display: grid; gap: .9rem 1.4rem;
  grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); }
.classes .pixels { width: 100%; }
figure { margin: 0; }
figcaption { font-size: .88rem; color: var(--mute); margin-bottom: .2rem; }
.zoom { display: block; position: relative; cursor: zoom-in;
  width: fit-content; max-width: 100%; }
.classes .zoom { width: 100%; }
.zoom input { position: absolute; opacity: 0; width: 100%; height: 100%;
  margin: 0; cursor: inherit; }
.zoom input:focus-visible + span { outline: 3px solid var(--link);
  display: block; }
section.private { border-left: .3rem solid var(--warn); padding-left: 1rem;
  margin-left: -1rem; }
.private h2::after { content: "private, not for publication";
  display: inline-block; margin-left: .6rem; padding: .1rem .5rem;
  border-radius: 1rem; background: var(--warn-card); color: var(--warn);
  font-size: .75rem; font-weight: 600; vertical-align: middle; }
.banner { background: var(--warn-card); border-left: .3rem solid var(--warn);
  padding: .7rem 1rem; border-radius: .25rem; max-width: none; }
nav { font-size: .92rem; }
nav h2 { font-size: .85rem; color: var(--mute); margin: 1rem 0 .3rem; }
nav ol { list-style: none; margin: 0; padding: 0; columns: 12rem; }
nav li { break-inside: avoid; padding: .12rem 0; }
nav .private::after { content: " (private)"; color: var(--warn);
  font-size: .8rem; }
@media screen {
  .zoom input:checked + span { position: fixed; inset: 0; z-index: 9;
    background: var(--paper); cursor: zoom-out; display: block; }
  .zoom input:checked + span img { width: 100vw; height: 100vh;
    max-width: none; padding: 1rem; object-fit: contain; }
  .zoom input:checked { position: fixed; inset: 0; z-index: 10;
    cursor: zoom-out; }
}
@media screen and (min-width: 64rem) {
  body { display: grid; grid-template-columns: 13rem minmax(0, 1fr);
    column-gap: 3rem; }
  header { grid-column: 1 / -1; }
  nav { position: sticky; top: 1rem; align-self: start; }
  nav ol { columns: auto; }
}
@media screen and (max-width: 40rem) {
  .numbers thead { display: none; }
  .numbers tr { display: grid; grid-template-columns: 1fr 1fr;
    border-bottom: 1px solid var(--line); padding: .5rem 0; }
  .numbers td, .numbers td:first-child { border: 0; padding: .15rem 0;
    text-align: left; }
  .numbers td:first-child { grid-column: 1 / -1; font-weight: 600; }
  .numbers small { font-weight: 400; }
  .numbers td[data-title]:not(:first-child)::before {
    content: attr(data-title); display: block; color: var(--mute);
    font-size: .85rem; }
}
@media print {
  :root { color-scheme: light;"""
    + _LIGHT
    + """}
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  section { break-inside: auto; }
  h2, h3, section > p { break-after: avoid; }
  p, tr, figure, img, pre, .tiles, .zoom { break-inside: avoid; }
  pre { white-space: pre-wrap; }
  .pixels { width: 11cm; }
  .scroll { overflow: visible; }
}
"""
)
