# SPDX-License-Identifier: Apache-2.0
# What goes wrong during an enrollment. To add a fault: a mode in faulty.py and a row in faults_test.sh.
dist_check_SCRIPTS += tests/faults/faults_test.sh
TESTS += tests/faults/faults_test.sh
EXTRA_DIST += tests/faults/faulty.py
