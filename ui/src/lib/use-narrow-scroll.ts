// SPDX-License-Identifier: Apache-2.0
import { Grid } from 'antd';

/** On a tablet a table keeps the width it needs and is moved sideways, instead of squeezing its widest column to nothing. */
export function useNarrowScroll(width: number): { x: number } | undefined {
  const { lg } = Grid.useBreakpoint();
  return lg === false ? { x: width } : undefined;
}
