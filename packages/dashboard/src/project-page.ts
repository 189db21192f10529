/** What every page of a project gets. */
export interface ProjectPageProps {
  readonly siteKey: string;
  /** For the users page: the one user to show. */
  readonly userHash?: string;
}
