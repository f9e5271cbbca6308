// Draws the charts of a page: each [data-chart] shows the entry of that name in #chart-data.
// Canvas, with tooltips drawn into it: the security policy forbids style attributes in HTML.
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const brush = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

// The theme's colours are oklch, which ECharts cannot read: the browser turns them into rgb.
function token(name) {
  brush.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(`--color-${name}`).trim();
  brush.fillRect(0, 0, 1, 1);
  const [red, green, blue] = brush.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}

const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const exact = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

function worded(value, unit, numbers = exact) {
  if (value === null || value === undefined) return "–";
  if (unit === "ms" && value >= 1000) return `${numbers.format(value / 1000)} s`;
  return unit ? `${numbers.format(value)} ${unit}` : numbers.format(value);
}

function series(chart, kind) {
  return chart.series.map(({ name, tone, data }) => {
    const color = token(tone);
    const common = { name, data, color, animation: false, emphasis: { focus: "series" } };
    if (kind === "lines") {
      return { ...common, type: "line", symbol: "circle", symbolSize: 5, lineStyle: { width: 2 }, connectNulls: false };
    }
    return { ...common, type: "bar", stack: kind === "stack" ? "all" : undefined, barMaxWidth: 28 };
  });
}

function options(element, chart) {
  const { kind, unit } = element.dataset;
  const [text, muted, line] = [token("base-content"), token("muted"), token("line")];
  const isRows = element.dataset.chart === "tools";
  const labels = {
    type: "category",
    data: chart.labels,
    inverse: isRows,
    axisLabel: { color: muted, hideOverlap: true, width: isRows ? 110 : undefined, overflow: "truncate" },
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
  };
  const values = {
    type: "value",
    minInterval: unit ? undefined : 1, // what is counted comes whole
    max: unit === "%" ? 100 : undefined,
    axisLabel: { color: muted, hideOverlap: true, formatter: (value) => worded(value, unit, short) },
    splitLine: { lineStyle: { color: line } },
  };
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 4, right: 12, top: chart.series.length > 1 ? 36 : 12, bottom: 4, containLabel: true },
    legend: { show: chart.series.length > 1, type: "scroll", top: 0, left: 0, textStyle: { color: text }, itemWidth: 12, itemHeight: 8, icon: "roundRect" },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      axisPointer: { type: kind === "lines" ? "line" : "shadow" },
      backgroundColor: token("base-100"),
      borderColor: line,
      textStyle: { color: text, fontSize: 12 },
      valueFormatter: (value) => worded(value, unit),
    },
    xAxis: isRows ? values : labels,
    yAxis: isRows ? labels : values,
    series: series(chart, kind),
  };
}

function draw(element, chart) {
  element.hidden = false;
  const drawn = init(element, null, { renderer: "canvas" });
  const show = () => drawn.setOption(options(element, chart), true);
  show();
  new ResizeObserver(() => drawn.resize()).observe(element);
  new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

const charts = JSON.parse(document.getElementById("chart-data").textContent);
for (const element of document.querySelectorAll("[data-chart]")) draw(element, charts[element.dataset.chart]);
