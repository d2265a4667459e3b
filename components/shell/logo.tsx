/** The mark, in the colour of the text around it. */
export function Logo({ className = "size-4" }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className} fill="none">
      <path d="M7 10.5a11 11 0 1 1-1.9 8.6" stroke="currentColor" strokeWidth="3" strokeLinecap="round" />
      <path d="M6.2 3.8v7.4h7.4" stroke="currentColor" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" />
      <path d="M13.4 11.6v8.8l7-4.4z" fill="currentColor" />
    </svg>
  );
}
