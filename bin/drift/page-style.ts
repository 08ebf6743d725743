/** The style sheet of a drift report: light and dark, phone and paper. Colour is never the only carrier. */

const light =
  '--ground:#fff;--ink:#1f2937;--soft:#6b7280;--line:#d8dde4;--ok:#1a7f5a;--alarm:#c4320a;--act:#0b62b8;--paper:#f6f7f9;--before:#c3c9d2';
const dark =
  '--ground:#0f141a;--ink:#e5e9f0;--soft:#9aa4b2;--line:#2c3540;--ok:#3ecf9a;--alarm:#ff7a4d;--act:#6ab0ff;--paper:#171e26;--before:#465261';

export const style = `
:root{color-scheme:light dark;${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1040px;padding:0 20px 64px;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
h1{font-size:30px;line-height:1.2;margin:32px 0 4px}h2{font-size:20px;margin:44px 0 8px}h3{font-size:16px;margin:0}
h1 svg{width:.8em;height:.8em;margin-right:.25em;vertical-align:-.05em}
.soft{color:var(--soft)}.small{font-size:14px}.ok{color:var(--ok)}.alarm{color:var(--alarm)}.act{color:var(--act)}.none{color:var(--soft)}
.verdict{border-left:4px solid currentColor;background:var(--paper);padding:12px 18px;margin:16px 0 24px;border-radius:0 6px 6px 0}
.verdict p{margin:4px 0;color:var(--ink)}.verdict b{font-weight:600}
.numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:20px 0;padding:0;list-style:none}
.numbers li{background:var(--paper);padding:12px 16px;border-radius:8px;color:var(--soft);font-size:14px}
.numbers b{display:block;font-size:26px;line-height:1.25;color:var(--ink);font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:15px}
th{font-weight:500;color:var(--soft);font-size:13px}
th,td{text-align:right;padding:5px 0 5px 14px;border-bottom:1px solid var(--line);white-space:nowrap;font-variant-numeric:tabular-nums}
th:first-child,td:first-child,.left{text-align:left}th:first-child,td:first-child{padding-left:0}
td.bar{width:30%;min-width:120px}td.bar svg{display:block;width:100%;height:14px}
a{color:inherit;text-decoration-color:var(--line);text-underline-offset:3px}
.features{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(460px,100%),1fr));gap:20px;margin:12px 0}
.feature{border:1px solid var(--line);border-radius:8px;padding:14px 16px 10px;break-inside:avoid;min-width:0}
.feature.drifted{border-left:4px solid var(--alarm)}
.feature header{display:flex;justify-content:space-between;gap:12px;align-items:baseline}
.feature h3{overflow-wrap:anywhere}.feature header span{white-space:nowrap;font-size:14px}
.feature p{margin:4px 0 8px;font-size:14px;color:var(--soft);min-height:2.9em}
.feature svg{display:block;width:100%;height:auto}
svg text{fill:var(--soft);font:11px system-ui,sans-serif}svg .label{fill:var(--ink)}
svg .before{fill:var(--before)}svg .now{fill:none;stroke:var(--act);stroke-width:2}svg .nowbar{fill:none;stroke:var(--act);stroke-width:2}
svg .axis{stroke:var(--line)}svg .limit{stroke:var(--ink);stroke-dasharray:3 3}
svg .psi{fill:var(--before)}svg .psi.far{fill:var(--alarm)}
.key{display:flex;flex-wrap:wrap;gap:4px 20px;font-size:13px;color:var(--soft);margin:8px 0}
.key svg{width:26px;height:12px;vertical-align:-1px;margin-right:6px}
details{margin:6px 0}summary{cursor:pointer;color:var(--soft);font-size:13px}
details table{font-size:13px}details td,details th{padding:3px 0 3px 12px}
ul.notes{padding-left:20px}ul.notes li{margin:4px 0;overflow-wrap:anywhere}
@media (max-width:640px){body{padding:0 14px 40px}.wide,.bar{display:none}}
@media print{:root{${light}}body{max-width:none}.features{grid-template-columns:1fr 1fr}}
`;
