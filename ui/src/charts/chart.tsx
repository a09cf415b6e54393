// SPDX-License-Identifier: Apache-2.0
// ECharts in React: drawn on a canvas (its SVG would need inline styles), without animation, only the parts
// that are used. Imported lazily by the pages.
import { BarChart, LineChart } from 'echarts/charts';
import { BrushComponent, GridComponent, ToolboxComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, type EChartsType, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([BarChart, BrushComponent, CanvasRenderer, GridComponent, LineChart, ToolboxComponent, TooltipComponent]);

export interface ChartPoint {
  seriesId: string;
  index: number;
  /** Of a graph: 'node' or 'edge'. */
  kind?: string;
}

interface Props {
  option: EChartsCoreOption;
  height: number;
  /** What the chart shows, for those who do not see it. */
  label: string;
  onPick?: (point: ChartPoint) => void;
  /** First and last bucket dragged over. Setting it turns the drag on. */
  onBrush?: (first: number, last: number) => void;
}

interface Picked {
  seriesId: string;
  dataIndex: number;
  dataType?: string;
}

interface BrushEnd {
  areas: { coordRange?: [number, number] }[];
}

const DRAG = {
  type: 'takeGlobalCursor',
  key: 'brush',
  brushOption: { brushType: 'lineX', brushMode: 'single' },
};

export default function Chart({ option, height, label, onPick, onBrush }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(null);
  const handlers = useRef({ onPick, onBrush });
  handlers.current = { onPick, onBrush };

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const made = init(element, null, { renderer: 'canvas' });
    chart.current = made;
    made.on('click', (params) => {
      const { seriesId, dataIndex, dataType } = params as unknown as Picked;
      handlers.current.onPick?.({ seriesId, index: dataIndex, kind: dataType });
    });
    made.on('brushEnd', (event) => {
      const [area] = (event as BrushEnd).areas;
      if (!area?.coordRange) return;
      made.dispatchAction({ type: 'brush', areas: [] });
      handlers.current.onBrush?.(...area.coordRange);
    });
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);

  const draggable = onBrush !== undefined;
  useEffect(() => {
    chart.current?.setOption(option, { replaceMerge: ['series'] });
    if (draggable) chart.current?.dispatchAction(DRAG);
  }, [option, draggable]);

  return <div ref={place} className="chart" style={{ height }} role="img" aria-label={label} />;
}
