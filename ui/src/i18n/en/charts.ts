export const charts = {
  time: "Time",
  no_data: "Nothing measured in this range yet",
  as_table: "Show {{label}} as a table",
  as_chart: "Show {{label}} as a chart",
  summary_line: "{{name}}: now {{last}}, between {{min}} and {{max}}.",
  summary_none: "{{name}}: nothing measured.",
  summary_marks_one: "{{count}} change-over marked.",
  summary_marks_other: "{{count}} change-overs marked.",
} as const;
