# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += tests/README tests/vectors/README

# Thousands of recorded files, some with blanks in their names: copied whole instead of listed.
dist-hook: dist-vectors
.PHONY: dist-vectors
dist-vectors:
	$(MKDIR_P) '$(distdir)/tests/vectors'
	cp -R '$(srcdir)/tests/vectors/ca' '$(srcdir)/tests/vectors/tools' '$(distdir)/tests/vectors'
	chmod -R u+w '$(distdir)/tests/vectors'

dist_check_SCRIPTS += tests/harness/profiles_test.sh
TESTS += tests/harness/profiles_test.sh
dist_check_SCRIPTS += tests/harness/judge.py tests/harness/judge_test.py tests/harness/judge_test.sh
TESTS += tests/harness/judge_test.sh
EXTRA_DIST += tests/harness/README
dist_check_SCRIPTS += tests/harness/quickstart_test.sh tests/harness/sum_test.sh
TESTS += tests/harness/quickstart_test.sh tests/harness/sum_test.sh
EXTRA_DIST += tests/harness/practice-ca.sh
clean-local: clean-kept-ca
.PHONY: clean-kept-ca
clean-kept-ca:
	rm -rf tests/kept-ca-*
EXTRA_DIST += tests/sum-results.sh tests/harness/later.sh tests/harness/valgrind.sh tests/harness/valgrind.supp tests/harness/fuzz.sh tests/harness/lsan.supp

# What .ci/run builds of a tree that was configured with --enable-fuzz.
.PHONY: fuzz-targets
fuzz-targets: $(fuzz_programs)
