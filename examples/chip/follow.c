/* examples/chip/follow.c: where does the law lead? C99, the printed law, 18 steps of rk4, and no library at all.       make c
   Z_2 = z + h/2 k_1,  Z_3 = z + h/2 k_2,  Z_4 = z + h k_3,  z+ = z + h/6 k_1 + h/3 k_2 + h/3 k_3 + h/6 k_4            ode (1), (2)
   The sums are made in this order, and each factor is rounded to real first: so are the library's, and the bits are the same (by
   gcc with -std=c99 or -ffp-contract=off, which it needs to be told where a processor can fuse a b + c). */
#include "law.c"

static real memory[law_numbers];

static void f(const real *z, real *k) { law_f(law_parameters, memory, z, k); }

void law_step(real *z, double h) {
    const real half = (real)(h * 0.5), whole = (real)h, sixth = (real)(h * (1.0 / 6)), third = (real)(h * (1.0 / 3));
    real k[4][2], at[2];
    int i;
    f(z, k[0]);
    for (i = 0; i < 2; i++) at[i] = z[i] + half * k[0][i];
    f(at, k[1]);
    for (i = 0; i < 2; i++) at[i] = z[i] + half * k[1][i];
    f(at, k[2]);
    for (i = 0; i < 2; i++) at[i] = z[i] + whole * k[2][i];
    f(at, k[3]);
    for (i = 0; i < 2; i++) z[i] = z[i] + sixth * k[0][i] + third * k[1][i] + third * k[2][i] + sixth * k[3][i];
}

static double step_time(int n) { return n == 18 ? 1.8 : n * 1.8 / 18; }

void law_follow(real *z) {
    int n;
    law_begin(law_parameters, memory);
    for (n = 0; n < 18; n++) law_step(z, step_time(n + 1) - step_time(n));
}

#ifdef WITH_MAIN
#include <stdio.h>
int main(void) {
    real z[2] = {2, 0};
    uint32_t bits[2];
    law_follow(z);
    memcpy(bits, z, sizeof bits);
    printf("%08x %08x\n", (unsigned)bits[0], (unsigned)bits[1]);
    return 0;
}
#endif
