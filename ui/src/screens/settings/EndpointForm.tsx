import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import type { Endpoint, Problem } from "@/contract";
import { inWords } from "@/lib/problems";
import type { useDocument } from "@/state/document";

interface Props {
  endpoint: Endpoint;
  locked: boolean;
  put: ReturnType<typeof useDocument>["put"];
}

const FIELDS = ["listen", "admin"] as const;

/** Where the program listens. What the engine finds wrong with an address stands at its field. */
export function EndpointForm({ endpoint, locked, put }: Props) {
  const { t } = useTranslation("settings");
  const [typed, setTyped] = useState<Partial<Endpoint>>({});
  const [problems, setProblems] = useState<Problem[]>([]);
  const value = (field: (typeof FIELDS)[number]) => typed[field] ?? endpoint[field];
  const same = FIELDS.every((field) => value(field).trim() === endpoint[field]);
  const rest = problems.filter(({ path }) => !FIELDS.some((field) => path === `endpoint.${field}`));
  const save = async () => {
    const next = { listen: value("listen").trim(), admin: value("admin").trim() };
    setProblems([]);
    const change = t("endpoint.changed", next);
    if (
      await put((before) => ({ ...before, endpoint: { ...before.endpoint, ...next } }), change, setProblems)
    )
      setTyped({});
  };
  return (
    <form
      className="mt-4 flex flex-col gap-3 border-t border-line pt-3"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className="grid items-start gap-3 sm:grid-cols-2">
        {FIELDS.map((field) => {
          const found = problems.find(({ path }) => path === `endpoint.${field}`);
          return (
            <Field
              key={field}
              label={t(`endpoint.${field}`)}
              hint={t(`endpoint.${field}_hint`)}
              error={found && inWords(found)}
            >
              {(aria) => (
                <Input
                  {...aria}
                  data-testid={`endpoint-${field}`}
                  className="font-mono text-xs"
                  value={value(field)}
                  disabled={locked}
                  onChange={({ target }) => setTyped({ ...typed, [field]: target.value })}
                />
              )}
            </Field>
          );
        })}
      </div>
      {rest.map((problem) => (
        <p key={problem.path} role="alert" className="text-bad">
          {inWords(problem)}
        </p>
      ))}
      <Button type="submit" className="self-start" data-testid="endpoint-save" disabled={locked || same}>
        {t("endpoint.save")}
      </Button>
    </form>
  );
}
