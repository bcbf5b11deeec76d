# SPDX-License-Identifier: Apache-2.0
# What other programs rely on, line by line: error ids (tests/layers/error-ids.sh), JSON members, names of answers (tests/unit/flow/answers_test).
dist_check_SCRIPTS += tests/promises/json.tap
TESTS += tests/promises/json.tap
EXTRA_DIST += tests/promises/members.py tests/promises/json.txt tests/promises/answers.txt
