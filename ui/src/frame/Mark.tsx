import icon from "../../../icons/changeover.svg";

/** The program's icon beside its name. */
export function Mark() {
  return <img src={icon} alt="" className="size-5" />;
}
