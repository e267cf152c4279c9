import { Toaster as Sonner } from "sonner";
import { useTheme } from "@/state/theme";

export function Toaster() {
  const shown = useTheme((state) => state.shown);
  return (
    <Sonner
      theme={shown}
      position="bottom-right"
      toastOptions={{
        classNames: {
          toast: "!bg-raised !text-ink !border-line !shadow-pop !rounded-lg !text-sm !font-sans",
          description: "!text-muted",
        },
      }}
    />
  );
}
