// How good a line is, as four bars: the missing ones stay visible, so that the number of bars can be read at a glance.

const HEIGHTS = [4, 7, 10, 13];

export function Bars({ lit }: { lit: 0 | 1 | 2 | 3 | 4 }) {
  return (
    <svg viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
      {HEIGHTS.map((height, index) => (
        <rect key={height} x={1 + index * 3.75} y={14.5 - height} width="2.6" height={height} rx="0.8" opacity={index < lit ? 1 : 0.3} />
      ))}
    </svg>
  );
}
