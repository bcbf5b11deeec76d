# SPDX-License-Identifier: Apache-2.0
# Rules about the sources themselves. To add one: a script, a row here, a case in selftest.sh.
layers_tests = \
  tests/layers/includes.sh \
  tests/layers/symbols.sh \
  tests/layers/writable-data.sh \
  tests/layers/lengths.sh \
  tests/layers/licence.sh \
  tests/layers/errors.sh \
  tests/layers/words.sh \
  tests/layers/potfiles.sh \
  tests/layers/error-ids.sh \
  tests/layers/error-tests.sh \
  tests/layers/fields.sh \
  tests/layers/readme.sh \
  tests/layers/selftest.sh
dist_check_SCRIPTS += $(layers_tests)
EXTRA_DIST += tests/layers/common.sh tests/promises/errors.txt tests/promises/untested.txt
TESTS += $(layers_tests)
