# shellcheck shell=bash
#
# Puts what a benchmark printed into a page, between the comments that name the benchmark. Sourced by the run scripts.

# page_of NAME ARGUMENTS...    sets page to the file after --markdown, which must have a place for it; empty without
page_of() {
  page=''
  [ "${2:-}" = --markdown ] || return 0
  page=${3:?--markdown needs a file}
  grep -q "begin $1" "$page" && grep -q "end $1" "$page" || {
    echo "$page has no place for $1" >&2
    exit 1
  }
}

# onto_page NAME TABLE STATUS    nothing where no page was asked for, or the benchmark ended early: its STATUS is 0 when
#                                it measured all, and 3 when it did and a budget is not kept
onto_page() {
  [ -n "$page" ] || return 0
  case $3 in 0 | 3) ;; *)
    echo "$page stays as it is: $1 measured only a part" >&2
    return 0
    ;;
  esac
  awk -v name="$1" -v table="$2" '
    index($0, "end " name) { inside = 0 }
    !inside { print }
    index($0, "begin " name) { inside = 1; while ((getline line < table) > 0) print line }
  ' "$page" >"$2.page"
  cp "$2.page" "$page"
}
