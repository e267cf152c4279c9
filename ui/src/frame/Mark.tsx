/** The program's sign: a track that changes over to another. Drawn after icons/changeover.svg. */
export function Mark() {
  return (
    <svg viewBox="0 0 20 20" className="size-5 text-accent" fill="none" aria-hidden="true">
      <path d="M2 5.5h5c4 0 2.5 9 7 9h4" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />
      <path
        d="M12.5 5.5H18M2 14.5h4.5"
        stroke="currentColor"
        strokeWidth="2.2"
        strokeLinecap="round"
        opacity=".4"
      />
    </svg>
  );
}
