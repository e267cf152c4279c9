import { Zap } from "lucide-react";
import { useTranslation } from "react-i18next";
import { StepText } from "@/components/step-text";
import { Badge } from "@/components/ui/badge";
import { cn } from "@/lib/cn";
import { readStep } from "@/lib/step-act";

/** A step; incidents name it by its number. */
const STEP = /^\s*[-*] \[[ x]\] (.*)$/;

/** The little of Markdown that runbooks use: headings, lists, steps, code. Text is never taken for markup of the page. */
export function Markdown({ text }: { text: string }) {
  const blocks: { kind: "line" | "code"; text: string; step?: number }[] = [];
  let fenced = false;
  let steps = 0;
  for (const line of text.split("\n")) {
    if (line.trimStart().startsWith("```")) {
      fenced = !fenced;
      if (fenced) blocks.push({ kind: "code", text: "" });
      continue;
    }
    const last = blocks.at(-1);
    if (fenced && last) last.text += last.text === "" ? line : `\n${line}`;
    else if (STEP.test(line)) blocks.push({ kind: "line", text: line, step: ++steps });
    else blocks.push({ kind: "line", text: line });
  }
  return (
    <div className="mt-3 flex max-w-4xl flex-col gap-1.5">
      {blocks.map((block, index) =>
        block.kind === "code" ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of a text never move
          <pre key={index} className="overflow-x-auto rounded bg-hover p-2 font-mono text-xs select-all">
            {block.text}
          </pre>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of a text never move
          <Line key={index} text={block.text} step={block.step} />
        ),
      )}
    </div>
  );
}

function Line({ text, step: number }: { text: string; step: number | undefined }) {
  const { t } = useTranslation("runbooks");
  const heading = /^(#{1,4}) (.*)$/.exec(text);
  if (heading) {
    return <h3 className={cn("mt-2 font-semibold", heading[1] === "#" && "text-base")}>{heading[2]}</h3>;
  }
  const step = STEP.exec(text);
  if (step) {
    const { text: words, act } = readStep(step[1] ?? "");
    return (
      <p className="flex items-start gap-2">
        <span className="numeric w-5 shrink-0 text-right text-muted">{number}.</span>
        <span className="min-w-0 break-words">
          <StepText text={words} />
          {act && (
            <Badge className="ml-1.5" title={t("act_hint")}>
              <Zap aria-hidden />
              {act.label || act.name}
            </Badge>
          )}
        </span>
      </p>
    );
  }
  const item = /^\s*[-*] (.*)$/.exec(text);
  if (item) {
    return (
      <p className="flex gap-2 pl-1">
        <span className="text-faint" aria-hidden>
          •
        </span>
        <span className="min-w-0 break-words">
          <StepText text={item[1] ?? ""} />
        </span>
      </p>
    );
  }
  if (text.trim() === "") return null;
  return (
    <p>
      <StepText text={text} />
    </p>
  );
}
