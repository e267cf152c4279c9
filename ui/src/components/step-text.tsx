import { Fragment } from "react";

const CODE = "rounded bg-hover px-1 py-0.5 box-decoration-clone font-mono text-xs wrap-anywhere select-all";

/** A line of Markdown with its code set apart; everything else is shown as it is. */
export function StepText({ text }: { text: string }) {
  return text.split(/(`[^`]+`)/).map((part, index) =>
    part.startsWith("`") && part.length > 2 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line never move
      <code key={index} className={CODE}>
        {part.slice(1, -1)}
      </code>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line never move
      <Fragment key={index}>{part.replace(/\*\*/g, "")}</Fragment>
    ),
  );
}
