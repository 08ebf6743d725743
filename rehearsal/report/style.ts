/** The report's style sheet: light and dark, on a phone and on A4. Colours differ in shape or word too, never alone. */
export const style = `
:root{--ground:#fff;--ink:#1f2937;--soft:#6b7280;--line:#d8dde4;--ok:#1a7f5a;--alarm:#c4320a;--act:#0b62b8;--paper:#f6f7f9}
@media (prefers-color-scheme:dark){:root{--ground:#0f141a;--ink:#e5e9f0;--soft:#9aa4b2;--line:#2c3540;--ok:#3ecf9a;--alarm:#ff7a4d;--act:#6ab0ff;--paper:#171e26}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:820px;padding:0 16px 48px;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
.banner{margin:0 -16px 24px;padding:6px 16px;background:var(--paper);color:var(--soft);font-size:14px}
h1{font-size:26px;line-height:1.25;margin:24px 0 8px}h2{font-size:19px;margin:36px 0 8px}h3{font-size:16px;margin:20px 0 4px}
.good{color:var(--ok)}.bad{color:var(--alarm)}.act{color:var(--act)}.soft{color:var(--soft)}
.numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:16px 0;padding:0;list-style:none}
.numbers li{background:var(--paper);padding:10px 14px;border-radius:6px}.numbers b{display:block;font-size:24px;line-height:1.2}
figure{margin:16px 0}figcaption{color:var(--soft);font-size:14px}svg{width:100%;height:auto;display:block}
svg text{fill:var(--ink);font:12px system-ui,sans-serif}svg .small{fill:var(--soft);font-size:11px}.end{text-anchor:end}.middle{text-anchor:middle}
.grid{stroke:var(--line)}.limit{stroke:var(--ink);stroke-dasharray:5 4}.fault{stroke:var(--alarm);stroke-dasharray:2 3}
.data{fill:none;stroke:var(--ink);stroke-width:2}.dot{fill:var(--ink)}
.band{stroke:var(--ground)}.band.ok{fill:var(--ok)}.band.alarm{fill:url(#hatch)}.band.unknown{fill:none;stroke:var(--soft);stroke-dasharray:2 2}
svg .band-word{fill:var(--ground);font-size:10px;font-weight:600}.band.unknown+.band-word{fill:var(--soft)}
.flag{stroke:var(--act);stroke-width:1;opacity:.6}svg .flag-number{fill:var(--act);font-weight:700;text-anchor:middle}
table{border-collapse:collapse;width:100%;font-size:15px}th,td{text-align:left;vertical-align:top;padding:5px 10px 5px 0;border-bottom:1px solid var(--line)}
td.mark{white-space:nowrap}td.time{white-space:nowrap;font-variant-numeric:tabular-nums}td.who{color:var(--soft);white-space:nowrap}td.text{overflow-wrap:anywhere}
pre{background:var(--paper);padding:12px;border-radius:6px;overflow-x:auto;font:13px/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
details{margin:8px 0}summary{cursor:pointer}
@media (max-width:600px){td.who{display:none}figure{overflow-x:auto}figure svg{min-width:640px}}
@media print{body{max-width:none}details{break-inside:avoid}}
`;

/** Alarm spans are hatched, so that they are told from OK ones without colour. */
export const patterns =
  '<svg width="0" height="0" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="var(--alarm)"/><line x1="0" y1="0" x2="0" y2="6" stroke="var(--ground)" stroke-opacity=".35" stroke-width="2"/></pattern></defs></svg>';
