/** Runs in the browser, inside a backtest's page: draws each chart with uPlot from the data that stands beside it. */
(() => {
  const { uPlot } = window;
  const data = JSON.parse(document.getElementById('data').textContent);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const font = '12px system-ui, sans-serif';
  const bandHeight = 13;
  const bandStep = 18;
  const axisHeight = 44;
  const axisWidth = 64;
  const plotHeight = 190;
  /** More flags than these would be a wall; then only their heads are drawn. */
  const mostFlagLines = 40;
  const farFactor = 1.5;
  const plots = new Map();

  const shortNumber = (value) =>
    value === null || value === undefined
      ? 'no data'
      : Number(value.toPrecision(Math.abs(value) >= 1000 ? 6 : 4)).toLocaleString('en');

  /** Draws within the chart with sizes in CSS pixels. */
  const drawing = (draw) => (plot) => {
    const { ctx } = plot;
    const ratio = window.devicePixelRatio || 1;
    ctx.save();
    ctx.scale(ratio, ratio);
    ctx.font = font;
    ctx.textBaseline = 'middle';
    const { left, top, width, height } = plot.bbox;
    const box = { left: left / ratio, top: top / ratio, width: width / ratio, height: height / ratio };
    const x = (seconds) => plot.valToPos(data.start + seconds, 'x') + box.left;
    draw({ plot, ctx, box, x });
    ctx.restore();
  };

  const clipToPlot = (ctx, box, top, height) => {
    ctx.beginPath();
    ctx.rect(box.left, top, box.width, height);
    ctx.clip();
  };

  const drawNights = () =>
    drawing(({ ctx, box, x }) => {
      clipToPlot(ctx, box, box.top, box.height);
      ctx.fillStyle = colour('night');
      for (const [start, end] of data.nights) ctx.fillRect(x(start), box.top, x(end) - x(start), box.height);
    });

  const drawThresholds = (chart) =>
    drawing(({ plot, ctx, box }) => {
      const line = (value, style, dash) => {
        const y = plot.valToPos(value, 'y') + box.top;
        ctx.strokeStyle = colour(style);
        ctx.setLineDash(dash);
        ctx.beginPath();
        ctx.moveTo(box.left, y);
        ctx.lineTo(box.left + box.width, y);
        ctx.stroke();
        ctx.fillStyle = colour(style);
        ctx.textAlign = 'left';
        ctx.fillText(shortNumber(value), box.left + box.width + 6, y);
      };
      const { min, max } = plot.scales.y;
      for (const value of chart.otherThresholds)
        if (value >= min && value <= max) line(value, 'soft', [2, 4]);
      if (chart.threshold !== null) line(chart.threshold, 'alarm', [6, 4]);
    });

  const fillAlarm = (ctx, left, top, width) => {
    ctx.fillStyle = colour('alarm');
    ctx.fillRect(left, top, width, bandHeight);
    if (width < 8) return;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, bandHeight);
    ctx.clip();
    ctx.strokeStyle = colour('ground');
    ctx.globalAlpha = 0.35;
    ctx.lineWidth = 2;
    ctx.beginPath();
    for (let at = left - bandHeight; at < left + width; at += 7) {
      ctx.moveTo(at, top + bandHeight);
      ctx.lineTo(at + bandHeight, top);
    }
    ctx.stroke();
    ctx.restore();
  };

  const drawSpan = (ctx, [start, end, state], x, top) => {
    const left = x(start);
    const width = Math.max(1.5, x(end) - left);
    if (state === 'A') fillAlarm(ctx, left, top, width);
    else if (state === 'O') {
      ctx.fillStyle = colour('ok-soft');
      ctx.fillRect(left, top, width, bandHeight);
    } else {
      ctx.strokeStyle = colour('soft');
      ctx.setLineDash([2, 2]);
      ctx.strokeRect(left + 0.5, top + 0.5, Math.max(0.5, width - 1), bandHeight - 1);
      ctx.setLineDash([]);
    }
  };

  const drawBands = (chart) =>
    drawing(({ ctx, box, x }) => {
      chart.bands.forEach(({ label, spans }, index) => {
        const top = box.top + box.height + axisHeight + index * bandStep;
        ctx.fillStyle = colour('soft');
        ctx.textAlign = 'right';
        ctx.fillText(label, box.left - 8, top + bandHeight / 2, box.left - 8);
        ctx.save();
        clipToPlot(ctx, box, top, bandHeight);
        // What is narrow must not vanish below its neighbours.
        for (const span of spans) if (span[2] !== 'A') drawSpan(ctx, span, x, top);
        for (const span of spans) if (span[2] === 'A') drawSpan(ctx, span, x, top);
        ctx.restore();
      });
    });

  const drawPages = (chart) =>
    drawing(({ plot, ctx, box, x }) => {
      const { min, max } = plot.scales.x;
      const inView = chart.pages.filter((at) => data.start + at >= min && data.start + at <= max);
      ctx.fillStyle = colour('alarm');
      ctx.strokeStyle = colour('alarm');
      ctx.setLineDash([2, 3]);
      for (const at of inView) {
        const left = x(at);
        ctx.beginPath();
        ctx.moveTo(left, box.top - 2);
        ctx.lineTo(left - 5, box.top - 11);
        ctx.lineTo(left + 5, box.top - 11);
        ctx.fill();
        if (inView.length > mostFlagLines) continue;
        ctx.beginPath();
        ctx.moveTo(left, box.top);
        ctx.lineTo(left, box.top + box.height);
        ctx.stroke();
      }
    });

  /** From zero where nothing is below it, with the thresholds in view. */
  const valueRange = (chart) => (_plot, low, high) => {
    const own = [chart.threshold, low, high].filter((value) => value !== null);
    // A threshold far away from everything would press the data flat: it stays out of the picture.
    const farthest = farFactor * Math.max(...own.map(Math.abs));
    const shown = [...own, ...chart.otherThresholds.filter((value) => Math.abs(value) <= farthest)];
    const least = Math.min(0, ...shown);
    const most = Math.max(...shown);
    const room = (most - least) * 0.08 || 1;
    return [least < 0 ? least - room : 0, most + room];
  };

  const bandSide = (label) => ({
    label,
    stroke: () => colour('alarm'),
    dash: [6, 4],
    points: { show: false },
    value: (_plot, value) => shortNumber(value),
  });

  const options = (chart, width) => ({
    width,
    height: plotHeight + axisHeight + chart.bands.length * bandStep + 24,
    padding: [16, 64, chart.bands.length * bandStep + 4, 0],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), data.zone),
    scales: { x: { min: data.start, max: data.end }, y: { range: valueRange(chart) } },
    cursor: { sync: { key: 'backtest' }, drag: { x: true, y: false } },
    legend: { live: true },
    hooks: {
      drawClear: [drawNights()],
      drawAxes: [drawThresholds(chart)],
      draw: [drawBands(chart), drawPages(chart)],
    },
    axes: [
      {
        stroke: () => colour('soft'),
        grid: { show: false },
        ticks: { stroke: () => colour('line'), size: 4 },
        size: axisHeight,
        font,
        values: [
          [86400, '{MMM} {D}', null, null, null, null, null, null, 1],
          [3600, '{HH}:{mm}', '\n{MMM} {D}', null, '\n{MMM} {D}', null, null, null, 1],
          [60, '{HH}:{mm}', '\n{MMM} {D}', null, '\n{MMM} {D}', null, null, null, 1],
          [1, '{HH}:{mm}:{ss}', '\n{MMM} {D}', null, '\n{MMM} {D}', null, null, null, 1],
        ],
      },
      {
        stroke: () => colour('soft'),
        grid: { stroke: () => colour('line'), width: 1 },
        ticks: { show: false },
        size: axisWidth,
        font,
        values: (_plot, ticks) => ticks.map(shortNumber),
      },
    ],
    series: [
      { label: 'time', value: '{YYYY}-{MM}-{DD} {HH}:{mm}' },
      {
        label: 'judged value',
        stroke: () => colour('ink'),
        width: 1.5,
        spanGaps: false,
        value: (_plot, value) => shortNumber(value),
      },
      ...(chart.lower.length === 0 ? [] : [bandSide('lower'), bandSide('upper')]),
    ],
  });

  const show = (element) => {
    if (plots.has(element) || element.clientWidth === 0) return;
    const chart = data.charts[Number(element.dataset.chart)];
    const times = chart.times.map((seconds) => data.start + seconds);
    const sides = chart.lower.length === 0 ? [] : [chart.lower, chart.upper];
    plots.set(
      element,
      new uPlot(options(chart, element.clientWidth), [times, chart.values, ...sides], element),
    );
  };
  const showAll = () => {
    for (const element of document.querySelectorAll('[data-chart]')) show(element);
  };
  const redraw = () => {
    for (const plot of plots.values()) plot.redraw();
  };

  showAll();
  // What is folded has no width to draw in until it is opened.
  for (const details of document.querySelectorAll('details')) details.addEventListener('toggle', showAll);
  window.addEventListener('resize', () => {
    for (const [element, plot] of plots)
      if (element.clientWidth > 0) plot.setSize({ width: element.clientWidth, height: plot.height });
  });
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  window.addEventListener('beforeprint', () => {
    document.documentElement.classList.add('print');
    redraw();
  });
  window.addEventListener('afterprint', () => {
    document.documentElement.classList.remove('print');
    redraw();
  });
})();
