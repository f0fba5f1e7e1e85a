"""The style sheet of the pages: light and dark, narrow and wide, and on paper. ASCII, as the pages are."""

from __future__ import annotations

LIGHT = {
    "paper": "#ffffff",
    "card": "#f5f6f8",
    "ink": "#1c1d21",
    "quiet": "#565a64",
    "rule": "#d5d8de",
    "bad": "#b3261e",
    "fair": "#8a4b00",
    "good": "#17693a",
    "typical": "#1459b8",
    "top": "#8a2da8",
    "good-band": "#e4f3e9",
    "fair-band": "#fcefd9",
    "poor-band": "#fbe3e1",
    "app": "#ffd79a",
    "named": "#ffb3ab",
    "system": "#dfe3ea",
}
DARK = {
    "paper": "#16171b",
    "card": "#202228",
    "ink": "#ececf0",
    "quiet": "#a9adb8",
    "rule": "#3b3e47",
    "bad": "#ff9d94",
    "fair": "#f5bd6b",
    "good": "#7fd6a0",
    "typical": "#8ab8ff",
    "top": "#dfa2f5",
    "good-band": "#1c3425",
    "fair-band": "#3b2e17",
    "poor-band": "#43211f",
    "app": "#6d4a10",
    "named": "#84302a",
    "system": "#333741",
}


def _variables(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


STYLE = (
    f"""
:root{{color-scheme:light dark;{_variables(LIGHT)}}}
@media (prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}
@media print{{:root{{color-scheme:light;{_variables(LIGHT)}}}}}
"""
    """
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);overflow-wrap:anywhere;
  font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif}
main{max-width:72rem;margin:0 auto;padding:1.25rem 1rem 3rem}
h1,h2,h3,h4{line-height:1.2;margin:0}
h1{font-size:1.5rem}
h2{font-size:1.25rem;margin-top:2.25rem}
h3{font-size:1.05rem}
h2+h3{margin-top:.7rem}
section>h3:first-child{margin-top:1.5rem}
h4{font-size:.95rem}
p{margin:.4rem 0}
a{color:inherit;text-decoration-color:var(--quiet);text-underline-offset:.15em}
:focus-visible{outline:2px solid var(--typical);outline-offset:2px}
code,pre{font-family:ui-monospace,Menlo,Consolas,"Liberation Mono",monospace;font-size:.92em}
pre{background:var(--card);border-radius:.4rem;padding:.6rem .8rem;white-space:pre-wrap;margin:.4rem 0}
.quiet{color:var(--quiet)}
.bad{color:var(--bad)}
.fair{color:var(--fair)}
.good{color:var(--good)}
.long{display:inline-block;max-height:6em;overflow-y:auto;max-width:100%;vertical-align:top}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}

.verdict{background:var(--card);border-left:.4rem solid var(--good);border-radius:.4rem;padding:.9rem 1.1rem;
  margin-top:1rem}
.verdict.bad{border-color:var(--bad);color:inherit}
.verdict.none{border-color:var(--quiet)}
.verdict h2,.verdict h3:first-child{margin:0}
.worst{display:flex;flex-wrap:wrap;gap:.5rem 2.5rem;margin:.7rem 0 .5rem;padding:0;list-style:none}
.worst li{flex:0 1 auto}
.worst .change{display:block;font-size:1.7rem;font-weight:650;line-height:1.15;color:var(--bad)}
.worst .change.good{color:var(--good)}
.worst .values{display:block;color:var(--quiet)}
.badge{display:inline-block;border:1px solid currentColor;border-radius:.3rem;padding:0 .4em;font-size:.8rem;
  font-weight:600;line-height:1.5;white-space:nowrap;vertical-align:.08em}

.scroll{overflow-x:auto;margin:.6rem 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:.2rem 0 .3rem}
th,td{text-align:left;vertical-align:baseline;padding:.22rem .55rem;font-weight:400;min-width:2.5rem}
th:first-child,td:first-child{padding-left:0}
thead th{color:var(--quiet);font-size:.85rem;vertical-align:bottom;border-bottom:1px solid var(--rule)}
thead th{overflow-wrap:normal}
tbody th{min-width:6.5rem}
.number{text-align:right;white-space:nowrap}
.number.many{white-space:normal}
.word{white-space:nowrap}
tbody+tbody,tbody tr+tr{border-top:1px solid var(--rule)}
.scorecard tbody tr+tr{border-top:0}
.scorecard{width:100%}
.scorecard tbody th a{font-weight:650}
.scorecard .percentile{padding-left:.55rem;min-width:0;white-space:nowrap}
.scorecard td.wide{width:28%;vertical-align:middle}
.notes{display:block;font-size:.87rem}
.spark{display:block;overflow:visible;min-width:4rem;max-width:14rem}
.spark line{stroke:var(--top);stroke-width:2;stroke-linecap:round}
.note{font-size:.87rem;font-weight:400;color:var(--quiet);margin:.25rem 0}

.metrics{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,29rem),1fr));gap:1.5rem 2rem;
  margin-top:.9rem}
.finding{margin-top:1.5rem}
figure{margin:.7rem 0 0;min-width:0}
figcaption{color:var(--quiet);font-size:.9rem}
figcaption strong{color:var(--ink)}
.plot{display:block;overflow:hidden;margin-top:.3rem}
.point{overflow:visible}
.plot text{font-size:11px;fill:var(--ink)}
.plot text.quiet{fill:var(--quiet)}
.plot text.halo{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
.plot text.typical{fill:var(--typical);font-weight:650;font-size:12px}
.plot text.top{fill:var(--top);font-weight:650;font-size:12px}
.plot text.alarm{fill:var(--bad);font-weight:650;font-size:12px}
.grid{stroke:var(--rule);stroke-width:1}
.edge{stroke:var(--quiet);stroke-width:1;stroke-dasharray:2 3}
.goal{stroke:var(--good);stroke-width:1.5;stroke-dasharray:1 3}
.plot text.trend{fill:var(--fair)}
line.alarm{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:3 2}
.alarm.trend{stroke:var(--fair)}
.plot text.alarm{stroke:none}
.band{fill:var(--card)}
.band.good{fill:var(--good-band)}
.band.fair{fill:var(--fair-band)}
.band.poor{fill:var(--poor-band)}
.series{stroke-width:2}
.series.typical{stroke:var(--typical)}
.series.top{stroke:var(--top);stroke-dasharray:6 3}
.mark.typical{fill:var(--typical)}
.mark.top{fill:var(--top)}
.error{fill:none;stroke:var(--ink);stroke-width:1.2}
.ring{fill:none;stroke:var(--bad);stroke-width:2;pointer-events:all}
.ring.trend{stroke:var(--fair)}

.lines{list-style:none;padding:0;margin:.6rem 0 0}
.lines li+li{margin-top:.6rem}
.target{font-size:1.25rem;font-weight:650}
.ranking .part{display:inline-flex;align-items:center;justify-content:end;gap:.5rem}
.ranking .part span{min-width:3.4em}
.ranking thead,.logs{overflow-wrap:break-word}
.logs table,.ranking table{min-width:min(100%,24rem)}
.logs tbody th{min-width:2.5rem}
.logs td{white-space:nowrap}
.logs .long{white-space:normal;overflow-wrap:anywhere}
.share{background:var(--system)}
.share rect{fill:var(--typical)}
.path strong code{font-weight:700;border-bottom:3px solid var(--bad)}
.flames{display:block;margin-top:.4rem}
.flames rect{stroke:var(--paper);stroke-width:1px}
.flames rect.line{stroke:none}
.flames text{font-size:11.5px;fill:var(--ink);pointer-events:none;white-space:pre}
.app text,.named text,.key.app,.key.named{font-weight:650}
.app rect{fill:var(--app)}
.app .line{fill:var(--fair)}
.named rect{fill:var(--named)}
.named .line{fill:var(--bad)}
.system rect{fill:var(--system)}
.flames svg:hover>rect{stroke:var(--ink)}
.key{display:inline-block;padding:0 .45em;color:var(--ink);background:var(--system);white-space:nowrap}
.key.app{background:var(--app);border-bottom:3px solid var(--fair)}
.key.named{background:var(--named);border-bottom:3px solid var(--bad)}
.tree{white-space:pre;overflow-x:auto}

.tables{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,29rem),1fr));gap:.4rem 2rem}
.tables table{min-width:16rem}
.tables tbody th{min-width:3rem}
.tables+h3{margin-top:1.2rem}
.points{list-style:none;padding:0;margin:.4rem 0}
.points li{display:grid;grid-template-columns:4rem 1fr;gap:0 .6rem;margin:.55rem 0}
.points .share{font-weight:650;text-align:right}
.points div{min-width:0}
footer{margin-top:2.5rem;border-top:1px solid var(--rule);padding-top:.4rem;font-size:.9rem}
@media (max-width:40rem){
  table{font-size:.88rem}
  th,td{padding:.2rem .3rem}
  .scorecard .percentile{padding-left:.3rem}
  .scorecard .badge{white-space:normal}
  .wide{display:none}
  .worst .change{font-size:1.5rem}
}
@media print{
  *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
  main{max-width:none;padding:0}
  figure,tr,.verdict,.points li{break-inside:avoid}
  h2,h3,h4,caption{break-after:avoid}
  .scroll{overflow:visible}
  .long{max-height:none}
  .tree{white-space:pre-wrap}
}
"""
)
