/** The address of one incident's screen. */
export const incidentHref = (id: string): string => `#/incidents/${encodeURIComponent(id)}`;
