dnl SPDX-License-Identifier: Apache-2.0
dnl Warnings, hardening, sanitizers and fuzzing. Flags go to AM_CFLAGS, so the user's CFLAGS win.

AC_DEFUN([CMCW_TRY_FLAG], [
  cmcw_saved_cflags="$CFLAGS"
  CFLAGS="$CFLAGS -Werror $1"
  AC_MSG_CHECKING([whether $CC takes $1])
  AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
    [AC_MSG_RESULT([yes]); CMCW_CFLAGS="$CMCW_CFLAGS $1"], [AC_MSG_RESULT([no])])
  CFLAGS="$cmcw_saved_cflags"
])

AC_DEFUN([CMCW_TRY_LDFLAG], [
  cmcw_saved_ldflags="$LDFLAGS"
  LDFLAGS="$LDFLAGS $1"
  AC_MSG_CHECKING([whether the linker takes $1])
  AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
    [AC_MSG_RESULT([yes]); CMCW_LDFLAGS="$CMCW_LDFLAGS $1"], [AC_MSG_RESULT([no])])
  LDFLAGS="$cmcw_saved_ldflags"
])

AC_DEFUN([CMCW_COMPILER_FLAGS], [
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [warnings are errors (for CI)])], [], [enable_werror=no])
  AC_ARG_ENABLE([asan], [AS_HELP_STRING([--enable-asan], [build with AddressSanitizer and UBSan])], [], [enable_asan=no])
  AC_ARG_ENABLE([fuzz], [AS_HELP_STRING([--enable-fuzz], [build libFuzzer targets (needs clang)])], [], [enable_fuzz=no])
  CMCW_CFLAGS="-std=gnu11 -fPIC"
  CMCW_LDFLAGS=""
  m4_foreach_w([flag], [-Wall -Wextra -Wformat=2 -Wshadow -Wpointer-arith -Wcast-qual -Wstrict-prototypes
    -Wmissing-prototypes -Wold-style-definition -Wundef -Wvla -Wwrite-strings -Wimplicit-fallthrough
    -Wno-missing-field-initializers -fstack-protector-strong -fstack-clash-protection -fno-common],
    [CMCW_TRY_FLAG(flag)])
  m4_foreach_w([flag], [-Wl,-z,relro -Wl,-z,now], [CMCW_TRY_LDFLAG([flag])])
  if test "$enable_asan" = yes; then
    CMCW_CFLAGS="$CMCW_CFLAGS -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g"
    CMCW_LDFLAGS="$CMCW_LDFLAGS -fsanitize=address,undefined"
  else
    CMCW_CFLAGS="$CMCW_CFLAGS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"
  fi
  if test "$enable_fuzz" = yes; then
    case "$CC" in *clang*) ;; *) AC_MSG_ERROR([--enable-fuzz needs CC=clang]) ;; esac
    CMCW_CFLAGS="$CMCW_CFLAGS -fsanitize=fuzzer-no-link"
  fi
  if test "$enable_werror" = yes; then CMCW_CFLAGS="$CMCW_CFLAGS -Werror"; fi
  AM_CONDITIONAL([ENABLE_FUZZ], [test "$enable_fuzz" = yes])
  AM_CONDITIONAL([ENABLE_ASAN], [test "$enable_asan" = yes])
  dnl The wizard's module takes ui and base from the program, so the program holds all of them.
  AC_SUBST([WHOLE_ARCHIVE], ["-Wl,--whole-archive"])
  AC_SUBST([NO_WHOLE_ARCHIVE], ["-Wl,--no-whole-archive"])
  AC_SUBST([CMCW_CFLAGS])
  AC_SUBST([CMCW_LDFLAGS])
])
