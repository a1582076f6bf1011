// Draws the charts of the report. It runs in the browser that shows the page; uPlot stands in a script before it.
(() => {
  const charts = JSON.parse(document.getElementById('charts').textContent);
  const HEIGHT = 240;
  const print = matchMedia('print');
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const drawn = new Map();

  const color = (tone) =>
    getComputedStyle(document.documentElement).getPropertyValue(`--${tone}`).trim();

  /** Writes a number in a legend or at an axis. */
  const figure = (value) =>
    value === null || value === undefined
      ? '–'
      : value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 10 ? 2 : 0 });

  const LANE = 15;

  /** The place of a moment in a chart, on its edge where it lies outside. */
  const placeIn = (plot, at) => {
    const { left, width } = plot.bbox;
    return Math.min(left + width, Math.max(left, plot.valToPos(at, 'x', true)));
  };

  /** Paints the phases of the load above a chart, a lane for each scenario; a name that has no room is left out. */
  function paintLanes(plot, lanes) {
    const { ctx, bbox } = plot;
    const height = LANE * devicePixelRatio;
    ctx.save();
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'middle';
    lanes.forEach((lane, row) => {
      const top = bbox.top - (lanes.length - row) * height;
      lane.forEach(({ from, to, label, tone }, number) => {
        const left = placeIn(plot, from);
        const width = placeIn(plot, to) - left;
        if (width <= 0) return;
        ctx.fillStyle = color(tone);
        ctx.globalAlpha = number % 2 === 0 ? 0.18 : 0.34;
        ctx.fillRect(left, top, width, height - devicePixelRatio);
        if (number > 0) ctx.fillRect(left, bbox.top, devicePixelRatio, bbox.height);
        ctx.globalAlpha = 1;
        ctx.fillStyle = color('ink');
        const room = width - 6 * devicePixelRatio;
        if (ctx.measureText(label).width <= room) {
          ctx.fillText(label, left + 3 * devicePixelRatio, top + height / 2);
        }
      });
    });
    ctx.restore();
  }

  /** Paints the spans and moments of a chart, with their names. */
  function paintMoments(plot, { bands, marks }) {
    const { ctx, bbox } = plot;
    const right = bbox.left + bbox.width;
    const placeOf = (at) => placeIn(plot, at);
    ctx.save();
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'top';
    const name = (text, at, row) => {
      const width = ctx.measureText(text).width;
      const left = Math.max(bbox.left + 4, Math.min(at + 4 * devicePixelRatio, right - width - 4));
      ctx.fillText(text, left, bbox.top + (4 + row * 14) * devicePixelRatio);
    };
    for (const { from, to, label, tone } of bands) {
      ctx.fillStyle = color(tone);
      ctx.globalAlpha = 0.2;
      ctx.fillRect(placeOf(from), bbox.top, placeOf(to) - placeOf(from), bbox.height);
      ctx.globalAlpha = 1;
      ctx.fillStyle = color('faint');
      name(label, placeOf(from), 0);
    }
    marks.forEach(({ at, label, tone }, row) => {
      const place = placeOf(at);
      ctx.strokeStyle = ctx.fillStyle = color(tone);
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(place, bbox.top);
      ctx.lineTo(place, bbox.top + bbox.height);
      ctx.stroke();
      name(label, place, row + 1);
    });
    ctx.restore();
  }

  function optionsOf(chart, width) {
    const axis = {
      stroke: color('faint'),
      grid: { stroke: color('line'), width: 1 },
      ticks: { stroke: color('line') },
    };
    const labelAt = (place) => chart.xLabels?.[place] ?? '';
    return {
      width,
      height: HEIGHT + LANE * chart.lanes.length,
      padding: [8 + LANE * chart.lanes.length, null, null, null],
      scales: {
        x: { time: false, range: chart.xLabels && ((_, from, to) => [from, to]) },
        y: { range: (_, low, high) => [Math.min(0, low ?? 0), Math.max(high ?? 1, 1e-3) * 1.08] },
      },
      axes: [
        chart.xLabels
          ? { ...axis, splits: () => chart.x, values: (_, places) => places.map(labelAt) }
          : { ...axis, values: (_, ticks) => ticks.map((tick) => `${figure(tick)} s`) },
        { ...axis, size: 62, values: (_, ticks) => ticks.map(figure) },
      ],
      series: [
        {
          label: chart.xName ?? 'time',
          value: (_, x) => (x === null ? '–' : chart.xLabels ? labelAt(x) : `${figure(x)} s`),
        },
        ...chart.series.map(({ label, tone, isStepped }) => ({
          label,
          stroke: color(tone),
          width: 1.5,
          spanGaps: !isStepped,
          points: { show: chart.x.length < 30 },
          paths: isStepped ? uPlot.paths.stepped({ align: 1 }) : undefined,
          value: (_, value) => figure(value),
        })),
      ],
      hooks: {
        drawClear: [
          (plot) => {
            paintLanes(plot, chart.lanes);
            paintMoments(plot, { bands: chart.bands, marks: [] });
          },
        ],
        draw: [(plot) => paintMoments(plot, { bands: [], marks: chart.marks })],
      },
    };
  }

  function draw(place) {
    const chart = charts[place.dataset.chart];
    drawn.get(place)?.destroy();
    const data = [chart.x, ...chart.series.map(({ values }) => values)];
    drawn.set(place, new uPlot(optionsOf(chart, place.clientWidth), data, place));
  }

  const places = [...document.querySelectorAll('[data-chart]')];
  const drawAll = () => places.forEach(draw);
  drawAll();
  addEventListener('resize', () => {
    for (const [place, plot] of drawn) {
      plot.setSize({ width: place.clientWidth, height: plot.height });
    }
  });
  dark.addEventListener('change', drawAll);
  print.addEventListener('change', drawAll);
})();
