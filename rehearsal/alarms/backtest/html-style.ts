/** The style sheet of a backtest's page: light and dark, phone and paper. Colour is never the only carrier. */

const light =
  '--ground:#fff;--ink:#1f2937;--soft:#6b7280;--line:#d8dde4;--ok:#1a7f5a;--ok-soft:#b9dccd;--alarm:#c4320a;--act:#0b62b8;--paper:#f6f7f9;--night:#eef1f6';
const dark =
  '--ground:#0f141a;--ink:#e5e9f0;--soft:#9aa4b2;--line:#2c3540;--ok:#3ecf9a;--ok-soft:#1d4a3c;--alarm:#ff7a4d;--act:#6ab0ff;--paper:#171e26;--night:#161d2a';

export const style = `
:root{${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
/* The script sets it before printing: ink on white paper, charts included. */
:root.print{${light}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1040px;padding:0 20px 64px;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
h1{font-size:28px;line-height:1.2;margin:32px 0 4px}h2{font-size:20px;margin:44px 0 8px}h3{font-size:16px;margin:20px 0 4px}
.soft{color:var(--soft)}.small{font-size:14px}.bad{color:var(--alarm)}.act{color:var(--act)}
.warning{border-left:4px solid var(--alarm);background:var(--paper);padding:10px 16px;margin:20px 0;border-radius:0 6px 6px 0}
.numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:20px 0;padding:0;list-style:none}
.numbers li{background:var(--paper);padding:12px 16px;border-radius:8px;color:var(--soft);font-size:14px}
.numbers b{display:block;font-size:26px;line-height:1.25;color:var(--ink);font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:15px}
th{font-weight:500;color:var(--soft);font-size:13px}
th,td{text-align:right;vertical-align:middle;padding:6px 0 6px 14px;border-bottom:1px solid var(--line);white-space:nowrap;font-variant-numeric:tabular-nums}
th:first-child,td:first-child,.left{text-align:left}th:first-child,td:first-child{padding-left:0}
td.band{width:38%;min-width:220px}td.text{white-space:normal;text-align:left;overflow-wrap:anywhere}
tr.quiet td{color:var(--soft)}tr.total td{font-weight:600;border-bottom:0}
a{color:inherit;text-decoration-color:var(--line);text-underline-offset:3px}
svg.band{display:block;width:100%;height:16px}svg .ok{fill:var(--ok-soft)}svg .alarm{fill:var(--alarm)}
svg .unknown{fill:none;stroke:var(--soft);stroke-dasharray:2 2}
.hours{display:grid;grid-template-columns:8.5em repeat(24,minmax(14px,1fr));gap:2px;font-size:12px;line-height:18px;color:var(--soft);margin:12px 0}
.hours i{font-style:normal;text-align:center;height:18px;border-radius:3px;background:var(--paper)}
.hours i.night{background:var(--night)}.hours i.page{background:var(--alarm);color:var(--ground);font-weight:600}
.hours u{text-decoration:none;text-align:center}
figure{margin:12px 0 4px}figcaption{color:var(--soft);font-size:13px}
.chart{min-height:240px}.chart .u-legend{font-size:13px;color:var(--soft);text-align:left;margin:2px 0 0 52px}
.chart .u-legend{max-width:calc(100% - 52px)}.chart .uplot:not(:hover) .u-legend{visibility:hidden}.chart .u-legend .u-marker{display:none}.chart .u-legend th{font-size:13px}.chart .u-legend th,.chart .u-legend td{border:0;padding:0 6px 0 0;text-align:left}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;color:var(--soft);margin:8px 0}
.key svg{width:22px;height:12px;vertical-align:-1px;margin-right:5px}
details{margin:10px 0}summary{cursor:pointer;color:var(--soft)}summary b{color:var(--ink);font-weight:600}
ul.notes{padding-left:20px}ul.notes li{margin:4px 0;overflow-wrap:anywhere}
section.alarm{border-top:1px solid var(--line);margin-top:36px}section.alarm h2{margin-top:24px}
@media (max-width:640px){body{padding:0 14px 40px}.wide{display:none}td.band{min-width:110px}.hours{grid-template-columns:6em repeat(24,1fr);gap:1px}.hours .year{display:none}}
@media print{body{max-width:none}section.alarm,.numbers,figure{break-inside:avoid}.screen{display:none}}
`;

/** Stays in ALARM are hatched, so that they are told from OK without colour. */
export const patterns =
  '<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="var(--alarm)"/><line x1="0" y1="0" x2="0" y2="6" stroke="var(--ground)" stroke-opacity=".35" stroke-width="2"/></pattern></defs></svg>';
