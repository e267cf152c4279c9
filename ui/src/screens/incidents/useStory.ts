/** An incident in one line: what failed, who took over, how long it took, whether it is over. */
import { useTranslation } from "react-i18next";
import type { Incident } from "@/contract";
import { clockTime, sameDay } from "@/lib/clock";
import { duration as inWords, moment } from "@/lib/format";
import { useFromNow } from "@/state/now";
import { duration, withoutAnswer } from "./milestones";

/** The story so far. */
export function useStory(incident: Incident): string {
  const { t } = useTranslation("incidents");
  const { times, tier, chain, cause, state, closed_ms, answered_by: to } = incident;
  const after = useFromNow((now) => inWords(duration(times, closed_ms ?? now)));
  const today = useFromNow((now) => sameDay(times.began_ms, now));
  return [
    today
      ? t("story.failed", { tier, chain, time: clockTime(times.began_ms) })
      : t("story.failed_on", { tier, chain, moment: moment(times.began_ms) }),
    ...(cause === "" ? [] : [t("story.cause", { cause: cause.replace(/[.\s]+$/, "") })]),
    takenOver(),
    end(),
  ].join(" ");

  function end(): string {
    if (times.restored_ms !== null) return t("story.restored", { tier, after });
    return t(state === "closed" ? "story.by_hand" : "story.going_on", { tier, after });
  }

  function takenOver(): string {
    if (times.failed_over_ms === null) {
      return state === "closed" ? t("story.nobody_closed") : t("story.nobody");
    }
    const waited = inWords(withoutAnswer(times));
    return to ? t("story.taken_by", { to, after: waited }) : t("story.taken", { after: waited });
  }
}
