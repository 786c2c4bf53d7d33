// SPDX-License-Identifier: GPL-2.0-or-later
#include "html/parts.h"

namespace iptmode::html {

namespace {

// Every pair of text and ground has a contrast of at least 4.5 to 1 in both schemes.
constexpr std::string_view kStyle = R"(:root {
  --ground: #ffffff; --raised: #f5f6f8; --text: #1b1f24; --faint: #57606a; --rule: #d0d7de;
  --accent: #0b57d0; --bad: #b3261e; --bad-ground: #fdeceb; --caution: #8a5300;
  --caution-ground: #fff4e0; --good: #1a6b34; --good-ground: #e7f5ea; --unsure: #5b3fa8;
  --unsure-ground: #f0ecfb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171b; --raised: #1d2127; --text: #e6e8eb; --faint: #a3acb8; --rule: #3a414b;
    --accent: #8ab4f8; --bad: #ff9b93; --bad-ground: #3d1a18; --caution: #f5c26b;
    --caution-ground: #372911; --good: #81d397; --good-ground: #16301e; --unsure: #c4b1ff;
    --unsure-ground: #2a2245;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 68rem; padding: 1.5rem clamp(1rem, 4vw, 2.5rem) 4rem;
  background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
}
code, .mend, .seen { overflow-wrap: anywhere; }
td code { overflow-wrap: normal; }
code, .mend { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, monospace; font-size: .875em; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.25rem; line-height: 1.3; }
h3 { margin: 0; font-size: 1.0625rem; line-height: 1.4; overflow-wrap: anywhere; }
h4 { margin: .75rem 0 .25rem; font-size: .8125rem; color: var(--faint); font-weight: 600; }
p { margin: .5rem 0; max-width: 48rem; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: .5rem; background: var(--ground); padding: .25rem .75rem; color: var(--accent); }
.banner { border-left: .5rem solid var(--tone); background: var(--tone-ground); border-radius: .5rem; padding: 1.25rem 1.5rem; }
.banner h1 { margin: 0; font-size: clamp(1.25rem, 2.5vw, 1.625rem); line-height: 1.3; overflow-wrap: anywhere; }
.verdict { margin: 0 0 .25rem; color: var(--tone); font-weight: 700; font-size: 1.0625rem; }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0 0; }
.facts dt { font-size: .8125rem; color: var(--faint); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.banner, .card, .badge { --tone: var(--faint); --tone-ground: var(--raised); }
.fail, .error, .critical { --tone: var(--bad) !important; --tone-ground: var(--bad-ground) !important; }
.warn, .warning { --tone: var(--caution) !important; --tone-ground: var(--caution-ground) !important; }
.pass { --tone: var(--good) !important; --tone-ground: var(--good-ground) !important; }
.unknown { --tone: var(--unsure) !important; --tone-ground: var(--unsure-ground) !important; }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 1rem; background: var(--tone-ground); color: var(--tone); font-size: .8125rem; font-weight: 700; border: 1px solid currentColor; white-space: nowrap; }
.card { border: 1px solid var(--rule); border-left: .25rem solid var(--tone); border-radius: .375rem; padding: 1rem 1.25rem; margin: 1rem 0; break-inside: avoid; }
.card.suppressed { opacity: .75; }
.about { margin: .125rem 0 .5rem; color: var(--faint); }
.card ul { margin: 0; padding-left: 1.25rem; }
.seen { font-size: .9375rem; }
.mend li, .seen li { margin: .125rem 0; white-space: pre-wrap; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; padding: .4375rem 1.25rem .4375rem 0; border-bottom: 1px solid var(--rule); min-width: 4rem; }
thead th { font-size: .8125rem; color: var(--faint); font-weight: 600; vertical-align: bottom; }
th[scope=row] { font-weight: 600; white-space: nowrap; }
th[scope=row] code { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.marked th, .marked td:last-child { color: var(--bad); }
.mark { font-weight: 800; }
.picture { width: 100%; min-width: 38rem; height: auto; display: block; }
.picture text { fill: var(--text); font: 13px system-ui, "DejaVu Sans", sans-serif; }
.picture .name { font-weight: 700; font-size: 14px; }
.picture .small { fill: var(--faint); font-size: 12px; }
.picture rect { fill: var(--raised); stroke: var(--rule); stroke-width: 1.5; }
.picture path { fill: none; stroke: var(--accent); stroke-width: 2.5; }
.picture path.next { stroke-dasharray: 3 6; stroke-linecap: round; }
.picture rect.bad { stroke: var(--bad); fill: var(--bad-ground); }
.picture path.bad { stroke: var(--bad); stroke-width: 3.5; }
.picture text.bad { fill: var(--bad); }
.picture rect.caution { stroke: var(--caution); fill: var(--caution-ground); }
.picture path.caution { stroke: var(--caution); }
.picture text.caution { fill: var(--caution); }
@media print {
  :root {
    font-size: 10pt; --ground: #fff; --raised: #fff; --text: #000; --faint: #444; --rule: #999; --accent: #0b57d0;
    --bad: #b3261e; --bad-ground: #fff; --caution: #8a5300; --caution-ground: #fff; --good: #1a6b34;
    --good-ground: #fff; --unsure: #5b3fa8; --unsure-ground: #fff;
  }
  body { max-width: none; padding: 0; }
  .skip { display: none; }
  .wide { overflow: visible; }
  .picture { min-width: 0; }
  h2, h3, h4 { break-after: avoid; }
  tr, .card { break-inside: avoid; }
}
)";

}  // namespace

std::string_view style_sheet() {
  return kStyle;
}

}  // namespace iptmode::html
