// SPDX-License-Identifier: Apache-2.0
// A QR code out of its modules, drawn here: the Content-Security-Policy lets no picture in from elsewhere.

const QUIET = 4; // modules of white around it (ISO/IEC 18004)

/** One path: a square of 1 × 1 for each dark module. */
export function qrPath(size: number, modules: string): string {
  return Array.from(modules)
    .map((module, i) => (module === '1' ? `M${i % size} ${Math.floor(i / size)}h1v1h-1z` : ''))
    .join('');
}

export function Qr({ size, modules, label }: { size: number; modules: string; label: string }) {
  const edge = size + 2 * QUIET;
  return (
    <svg
      className="qr"
      role="img"
      aria-label={label}
      viewBox={`${-QUIET} ${-QUIET} ${edge} ${edge}`}
      shapeRendering="crispEdges"
    >
      <rect x={-QUIET} y={-QUIET} width={edge} height={edge} fill="#fff" />
      <path d={qrPath(size, modules)} fill="#000" />
    </svg>
  );
}
