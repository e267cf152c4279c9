import type { LucideIcon } from "lucide-react";

/** A screen as the navigation, the palette and the shortcuts know it. */
export interface Screen<Path extends string = string> {
  /** Also its i18n namespace, whose `title` is its name, and its test id `nav-<id>`. */
  id: "overview" | "chains" | "gpus" | "incidents" | "reports" | "runbooks" | "playground" | "settings";
  path: Path;
  icon: LucideIcon;
  /** `g`, then this letter, goes there. */
  letter: string;
}
