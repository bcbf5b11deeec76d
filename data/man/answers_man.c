/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the rows of cmc-wizard-answers(5) from the table in flow/answers.c. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "flow/answers.h"

int main(void)
{
    char *rows = answers_man();
    fputs(rows, stdout);
    free(rows);
    return 0;
}
