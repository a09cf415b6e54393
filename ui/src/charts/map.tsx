// SPDX-License-Identifier: Apache-2.0
// A map whose places are darker the more was counted there. Imported lazily, and the maps themselves by address.
import { MapChart } from 'echarts/charts';
import { TooltipComponent } from 'echarts/components';
import { type EChartsType, init, registerMap, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import type { Count } from '../api/types';
import type { LoadedMap } from '../lib/maps';
import { cssColor, useTheme } from '../theme';
import { tooltip } from './tooltip';

use([MapChart, CanvasRenderer, TooltipComponent]);

interface Props {
  map: LoadedMap;
  counts: readonly Count[];
  nameOf: (id: string) => string;
  valueOf: (count: number) => string;
  height: number | string;
  label: string;
  onPick?: (id: string) => void;
}

const LEAST = 0.22;

/** By the logarithm, so that one is still seen beside a million. */
const strength = (count: number, max: number) =>
  LEAST + ((1 - LEAST) * Math.log1p(count)) / Math.log1p(Math.max(1, max));

function blend(low: string, high: string, part: number): string {
  const channels = (color: string) => [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  const [from, to] = [channels(low), channels(high)];
  const mixed = from.map((value, i) => Math.round(value + ((to[i] ?? value) - value) * part));
  return `rgb(${mixed.join(',')})`;
}

function optionOf({ map, counts, nameOf, valueOf }: Props) {
  const [empty, full, line] = [cssColor('--line'), cssColor('--level-high'), cssColor('--surface')];
  const max = Math.max(...counts.map(({ count }) => count), 0);
  const byId = new Map(counts.map(({ key, count }) => [key, count]));
  const tip = ({ name }: { name: string }) => {
    const count = byId.get(name) ?? 0;
    return tooltip(nameOf(name), [{ label: '', value: valueOf(count), tone: '' }]);
  };
  return {
    animation: false,
    tooltip: {
      formatter: tip,
      confine: true,
      transitionDuration: 0,
      padding: 0,
      borderWidth: 0,
      className: 'tip-box',
    },
    series: {
      type: 'map',
      map: map.key,
      // Near the 36th parallel, where China is, a degree of longitude is so much shorter.
      aspectScale: map.name === 'campus' ? 1 : map.name === 'china' ? 0.78 : 0.84,
      left: 4,
      right: 4,
      top: 4,
      bottom: 4,
      selectedMode: false,
      roam: false,
      label: { show: map.name === 'campus', color: cssColor('--text'), fontSize: 11 },
      itemStyle: { areaColor: empty, borderColor: line, borderWidth: 0.7 },
      emphasis: { label: { show: false }, itemStyle: { areaColor: cssColor('--selected') } },
      data: counts.map(({ key, count }) => ({
        name: key,
        value: count,
        itemStyle: { areaColor: blend(empty, full, strength(count, max)) },
      })),
    },
  };
}

export default function MapView(props: Props) {
  const { map, height, label, onPick } = props;
  const { name: theme } = useTheme();
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(null);
  const pick = useRef(onPick);
  pick.current = onPick;
  useEffect(() => {
    if (!place.current) return;
    const made = init(place.current, null, { renderer: 'canvas' });
    chart.current = made;
    made.on('click', ({ name }) => pick.current?.(name));
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => {
    registerMap(map.key, map.file as never);
    chart.current?.setOption(optionOf(props), true);
  }, [props, map, theme]);
  return <div ref={place} className="chart map" style={{ height }} role="img" aria-label={label} />;
}
