// The parts of ECharts that the boards use, and no others: what dashboard/board/draw draws with is named here.
import { use, init, registerMap, getInstanceByDom, setPlatformAPI } from "echarts/core";
import { BarChart, LineChart, PieChart, ScatterChart, HeatmapChart, SankeyChart, MapChart, GraphChart } from "echarts/charts";
import { AriaComponent, GeoComponent, GraphicComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TitleComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";

use([
  BarChart, LineChart, PieChart, ScatterChart, HeatmapChart, SankeyChart, MapChart, GraphChart,
  AriaComponent, GeoComponent, GraphicComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TitleComponent, TooltipComponent, VisualMapComponent,
  LabelLayout, CanvasRenderer, SVGRenderer,
]);

export { init, registerMap, getInstanceByDom, setPlatformAPI };
