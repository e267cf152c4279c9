import { Tabs as Base } from "@base-ui/react/tabs";
import { cn } from "@/lib/cn";

export const Tabs = Base.Root;
export const TabPanel = Base.Panel;

export function TabList({ className, ...rest }: Base.List.Props) {
  return <Base.List className={cn("flex gap-1 border-b border-line", className as string)} {...rest} />;
}

export function Tab({ className, ...rest }: Base.Tab.Props) {
  return (
    <Base.Tab
      className={cn(
        "-mb-px h-8 border-b-2 border-transparent px-2 font-medium text-muted hover:text-ink data-[active]:border-accent data-[active]:text-ink",
        className as string,
      )}
      {...rest}
    />
  );
}
