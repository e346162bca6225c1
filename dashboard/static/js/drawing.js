// Draws in the program itself, where there is no page: an option in, SVG out. dashboard/render runs this beside ECharts.
import { resolved } from "./option.js";
import { page } from "./page.js";
import { theme } from "./theme.js";

// svg draws an option at a size in pixels, in a language, with the variables of a theme.
export function svg(text, { width, height, lang, variables }) {
  page.lang = () => lang;
  page.variable = (name) => variables[name] || "";
  const chart = echarts.init(null, theme(), { renderer: "svg", ssr: true, width, height, locale: lang === "en" ? "EN" : "ZH" });
  try {
    const option = resolved(JSON.parse(text));
    option.animation = false;
    option.tooltip = { show: false };
    for (const s of [].concat(option.series || [])) s.silent = true;
    chart.setOption(option);
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

// outline makes the shapes of a map known under a name.
export function outline(name, text) { echarts.registerMap(name, JSON.parse(text)); }
