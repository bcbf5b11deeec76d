dnl SPDX-License-Identifier: Apache-2.0
dnl Library probes: collect what is missing and name the package for it, all at once.

dnl CMCW_FOUND(PKG-CONFIG CONDITION, [NOTE]): one line of the summary, with the version that was found.
AC_DEFUN([CMCW_FOUND], [cmcw_version=`$PKG_CONFIG --modversion m4_car(m4_unquote(m4_split(m4_normalize([$1])))) 2> /dev/null`
    cmcw_found="$cmcw_found
    m4_format([%-21s], m4_car(m4_unquote(m4_split(m4_normalize([$1])))))${cmcw_version:-found, without a version}$2"])

dnl CMCW_LIBRARY(VAR, PKG-CONFIG CONDITION, DEBIAN, FEDORA, [FALLBACK LIB], [FALLBACK FUNCTION])
AC_DEFUN([CMCW_LIBRARY], [
  PKG_CHECK_MODULES([$1], [$2], [CMCW_FOUND([$2])], [
    m4_ifval([$5], [
      AC_CHECK_LIB([$5], [$6], [$1][_LIBS=-l$5; CMCW_FOUND([$5])],
        [cmcw_missing_deb="$cmcw_missing_deb $3"; cmcw_missing_rpm="$cmcw_missing_rpm $4"])],
      [cmcw_missing_deb="$cmcw_missing_deb $3"; cmcw_missing_rpm="$cmcw_missing_rpm $4"])
  ])
])

dnl CMCW_TEST_LIBRARY(VAR, PKG-CONFIG CONDITION, DEBIAN, FEDORA): only tests need it.
AC_DEFUN([CMCW_TEST_LIBRARY], [
  PKG_CHECK_MODULES([$1], [$2], [have_$1=yes; CMCW_FOUND([$2], [, for tests])], [have_$1=no
    cmcw_found="$cmcw_found
    m4_format([%-21s], m4_car(m4_unquote(m4_split(m4_normalize([$2])))))not found: its tests are left out"
    AC_MSG_WARN([tests that need $3 (Fedora: $4) will not be built])])
  AM_CONDITIONAL([HAVE_$1], [test "$have_$1" = yes])
])

AC_DEFUN([CMCW_REPORT_MISSING], [
  if test -n "$cmcw_missing_deb"; then
    AC_MSG_ERROR([libraries are missing.
  Debian, Ubuntu:  apt-get install$cmcw_missing_deb
  Fedora, RHEL:    dnf install$cmcw_missing_rpm])
  fi
])

AC_DEFUN([CMCW_SUMMARY], [
  AC_MSG_NOTICE([
  cmc-wizard $PACKAGE_VERSION
    prefix               $prefix
    compiler             $CC
    warnings as errors   $enable_werror
    sanitizers           $enable_asan
    fuzz targets         $enable_fuzz
    unit tests (cmocka)  $have_CMOCKA
    screen tests (vterm) $have_VTERM
  libraries:$cmcw_found])
])
