# SPDX-License-Identifier: Apache-2.0
# Sourced by the checks. Environment: top_srcdir, top_builddir. A check prints each finding as FILE:LINE: sentence.
set -u
LC_ALL=C
export LC_ALL
top_srcdir=${top_srcdir:-.}
top_builddir=${top_builddir:-.}
findings=$(mktemp "${TMPDIR:-/tmp}/cmcw-layers-XXXXXX")
trap 'rm -f "$findings"' EXIT

# The folders that hold programs, then those that hold tests.
CODE_FOLDERS="src ui screens"
ALL_FOLDERS="src ui screens tests data po m4"

# sources FOLDERS EXTENSIONS...: paths below top_srcdir, sorted. Build folders and recorded vectors are left out.
sources() {
  sources_folders=$1
  shift
  for extension in "$@"; do
    for folder in $sources_folders; do
      if [ -d "$top_srcdir/$folder" ]; then
        (cd "$top_srcdir" && find "$folder" -name "*.$extension" -type f ! -path 'tests/vectors/*' ! -path '*/.deps/*')
      fi
    done
  done | sort
}

# Ends the check: prints what was found.
finish() {
  if [ -s "$findings" ]; then
    cat "$findings"
    echo "$(wc -l < "$findings") findings"
    exit 1
  fi
  exit 0
}
