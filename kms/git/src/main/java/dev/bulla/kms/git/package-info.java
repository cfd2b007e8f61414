/**
 * Key pairs in the variables of GitLab ({@code gitlab://PROJECT} or {@code gitlab://GROUP}) and in
 * the secrets of GitHub Actions ({@code github://OWNER/REPO} or {@code github://OWNER}), under the
 * names that cosign gives them.
 *
 * <p>Start at {@link dev.bulla.kms.git.GitLabProvider} and {@link
 * dev.bulla.kms.git.GitHubProvider}. GitHub takes secrets and gives none back. Tokens go to the
 * host that the user named and nowhere else. Docs: docs/kms.md.
 */
@NullMarked
package dev.bulla.kms.git;

import org.jspecify.annotations.NullMarked;
