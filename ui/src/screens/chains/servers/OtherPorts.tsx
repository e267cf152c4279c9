import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { readPorts } from "./proposal";

/** Ports of the operator's own to look at. */
export function OtherPorts({ onLook }: { onLook: (ports: number[]) => void }) {
  const { t } = useTranslation("start");
  const [text, setText] = useState("");
  const [bad, setBad] = useState(false);
  const look = (event: FormEvent) => {
    event.preventDefault();
    const ports = readPorts(text);
    setBad(ports === null);
    if (ports) onLook(ports);
  };
  return (
    <form onSubmit={look} className="flex items-end gap-2">
      <Field label={t("servers.more")} error={bad && t("servers.more_bad")} className="w-72">
        {(aria) => (
          <div className="flex gap-2">
            <Input
              {...aria}
              placeholder={t("servers.more_hint")}
              data-testid="other-ports"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
            <Button type="submit" disabled={text.trim() === ""}>
              {t("servers.more_go")}
            </Button>
          </div>
        )}
      </Field>
    </form>
  );
}
