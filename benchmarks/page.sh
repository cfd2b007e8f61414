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

# onto_page NAME TABLE    nothing where no page was asked for, or the benchmark ended before it had something to say
onto_page() {
  [ -n "$page" ] && [ -s "$2" ] || return 0
  awk -v name="$1" -v table="$2" '
    index($0, "end " name) { inside = 0 }
    !inside { print }
    index($0, "begin " name) { inside = 1; while ((getline line < table) > 0) print line }
  ' "$page" >"$2.page"
  cp "$2.page" "$page"
}
