// SPDX-License-Identifier: Apache-2.0
// Counts over hours, as small bars. Drawn with attributes, which the page's policy allows.
interface Props {
  counts: readonly number[];
  label: string;
}

const WIDTH = 96;
const HEIGHT = 20;
const GAP = 1;

export function Sparkline({ counts, label }: Props) {
  const max = Math.max(1, ...counts);
  const width = WIDTH / Math.max(1, counts.length);
  return (
    <svg className="spark" width={WIDTH} height={HEIGHT} role="img" aria-label={label}>
      <title>{label}</title>
      {counts.map((count, i) => {
        const height = count === 0 ? 1 : Math.max(2, (count / max) * HEIGHT);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place
            key={i}
            className={count === 0 ? 'spark-none' : undefined}
            x={i * width}
            y={HEIGHT - height}
            width={Math.max(1, width - GAP)}
            height={height}
          />
        );
      })}
    </svg>
  );
}
