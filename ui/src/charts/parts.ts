// SPDX-License-Identifier: Apache-2.0
// What the workbench's charts need beyond bars; loaded with them.
import { GraphChart, ScatterChart } from 'echarts/charts';
import { DataZoomComponent } from 'echarts/components';
import { use } from 'echarts/core';

use([DataZoomComponent, GraphChart, ScatterChart]);

export { default } from './chart';
