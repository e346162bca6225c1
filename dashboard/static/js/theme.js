// The page's palette as the charts need it: read from the CSS variables, so that there is one list of colours.
import { page } from "./page.js";

// colour looks a token ("__c:s1") up; anything else is returned as it is.
export function colour(v) {
  return typeof v === "string" && v.startsWith("__c:") ? page.variable(v.slice(4)) : v;
}

// theme is what ECharts calls one.
export function theme() {
  const c = (t) => colour("__c:" + t);
  const font = page.variable("sans");
  const axis = {
    axisLine: { lineStyle: { color: c("line") } },
    axisTick: { show: false },
    axisLabel: { color: c("mute"), fontSize: 12, lineHeight: 15 },
    splitLine: { lineStyle: { color: c("grid") } },
    nameTextStyle: { color: c("mute"), fontSize: 12 },
  };
  return {
    color: ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"].map(c),
    backgroundColor: "transparent",
    textStyle: { fontFamily: font, color: c("text") },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    legend: { textStyle: { color: c("text"), fontSize: 12 }, itemGap: 18, inactiveColor: c("line"), pageIconColor: c("mute"), pageTextStyle: { color: c("mute") } },
    tooltip: {
      backgroundColor: c("card"), borderColor: c("line"), borderWidth: 1, padding: [8, 12],
      textStyle: { color: c("text"), fontSize: 12 }, axisPointer: { lineStyle: { color: c("mute"), type: "solid", width: 1 }, shadowStyle: { color: c("grid"), opacity: 0.6 } },
    },
    bar: { itemStyle: { borderRadius: 2 } },
    line: { lineStyle: { width: 2 }, symbol: "circle", smooth: false },
    pie: { itemStyle: { borderColor: c("card"), borderWidth: 1 }, label: { color: c("text") }, labelLine: { lineStyle: { color: c("line") } } },
    sankey: { itemStyle: { borderWidth: 0 } },
    graph: { lineStyle: { color: c("line") } },
  };
}
