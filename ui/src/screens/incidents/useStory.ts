/** An incident in one line: what failed, who took over, how long it took, whether it is over. */
import { useTranslation } from "react-i18next";
import type { Incident } from "@/contract";
import { clockTime } from "@/lib/clock";
import { duration as inWords } from "@/lib/format";
import { useFromNow } from "@/state/now";
import { useRpc } from "@/state/rpc";
import { duration, takenOverBy, withoutAnswer } from "./milestones";

/** How far back the change-over that belongs to the incident is looked for. */
const LOOK_BACK = { limit: 500, offset: 0 } as const;

/** The story so far. */
export function useStory(incident: Incident): string {
  const { t } = useTranslation("incidents");
  const { data: changes = [] } = useRpc("changeovers", LOOK_BACK);
  const { times, tier, chain, cause, state } = incident;
  const to = takenOverBy(changes, incident.id);
  const after = useFromNow((now) => inWords(duration(times, now)));
  return [
    t("story.failed", { tier, chain, time: clockTime(times.began_ms) }),
    ...(cause === "" ? [] : [t("story.cause", { cause: cause.replace(/[.\s]+$/, "") })]),
    takenOver(),
    times.restored_ms === null ? t("story.going_on", { tier, after }) : t("story.restored", { tier, after }),
  ].join(" ");

  function takenOver(): string {
    if (times.failed_over_ms === null) {
      return state === "closed" ? t("story.nobody_closed") : t("story.nobody");
    }
    const waited = inWords(withoutAnswer(times));
    return to ? t("story.taken_by", { to, after: waited }) : t("story.taken", { after: waited });
  }
}
