import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";

interface Props {
  title: string;
  /** A line below the title. */
  lead?: ReactNode;
  actions?: ReactNode;
  /** The list that this page belongs to. */
  back?: { to: "/incidents"; label: string };
  children: ReactNode;
}

/** A screen's frame: its heading, its actions, its content. */
export function Page({ title, lead, actions, back, children }: Props) {
  return (
    <div className="mx-auto flex w-full max-w-[1600px] flex-col gap-4 px-4 py-5 min-[900px]:px-6">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-60 flex-1">
          {back && (
            <Link
              to={back.to}
              className="mb-1 inline-flex items-center gap-1 rounded text-xs text-muted hover:text-ink"
            >
              <ArrowLeft className="size-3.5" aria-hidden />
              {back.label}
            </Link>
          )}
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {lead && <div className="text-muted">{lead}</div>}
        </div>
        {actions && <div className="flex max-w-full flex-wrap items-center gap-1">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
