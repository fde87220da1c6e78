/** ECharts on the server: an option becomes SVG that has the page's own colours and fonts. */
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escaped } from './html.ts';
import type { Frame } from './plot.ts';

use([BarChart, LineChart, GridComponent, SVGRenderer]);

export type ChartOption = Parameters<ReturnType<typeof init>['setOption']>[0];

export interface Drawing {
  /** Unique in the page; kebab-case. */
  readonly id: string;
  readonly className: string;
  /** Id of the element whose text says what is to be seen. */
  readonly labelledBy: string;
  /** SVG that is drawn over the chart. */
  readonly over: string;
}

/** Colours may be `var(--name)`: ECharts writes a colour that it does not know as it is. */
export function drawChart(option: ChartOption, frame: Frame, drawing: Drawing): string {
  const { width, height } = frame;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, ...option });
    return pageSvg(chart.renderToSVGString({ useViewBox: true }), drawing);
  } finally {
    // Its timer would keep the process alive.
    chart.dispose();
  }
}

/** Without what only interaction and a stand-alone picture need, with whole tenths of a pixel, and with ids of its own. */
function pageSvg(svg: string, { id, className, labelledBy, over }: Drawing): string {
  const attributes = `class="${escaped(className)}" role="img" aria-labelledby="${escaped(labelledBy)}"`;
  return svg
    .replace(/^<svg [^>]*viewBox="([^"]+)"[^>]*>/, `<svg viewBox="$1" ${attributes}>`)
    .replace(/<rect [^>]*fill="none"[^>]*><\/rect>/, '')
    .replace(/<style\s*>.*?<\/style>/s, '')
    .replace(/ (?:class|ecmeta_\w+|pointer-events)="[^"]*"/g, (attribute) =>
      attribute === ` class="${escaped(className)}"` ? attribute : '',
    )
    .replace(/font-family:inherit;/g, '')
    .replace(/zr\d+-/g, `${id}-`)
    .replace(/ (d|transform)="([^"]+)"/g, (_, name, value) => ` ${name}="${shortened(value)}"`)
    .replace(/<\/(path|text|rect)>\n/g, '</$1>')
    .replace(/<\/svg>\s*$/, `${over}</svg>`);
}

function shortened(numbers: string): string {
  return numbers.replace(/-?\d+\.\d{2,}/g, (number) =>
    String(Math.round(Number(number) * 10) / 10),
  );
}
