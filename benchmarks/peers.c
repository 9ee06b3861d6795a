/* Rosenbrock in C, as one would write it by hand: one run that keeps every row, and many runs at once. */
#include <math.h>
#include <stddef.h>

/* Rows of x, y, loss, gradient and memory: `width` doubles a row, row 0 being the start. */
static void gradient(double x, double y, double *loss, double *gx, double *gy) {
    double a = 1 - x, b = y - x * x;
    *loss = a * a + 100 * b * b;
    *gx = -2 * a - 400 * b * x;
    *gy = 200 * b;
}

void sgd(double *rows, long steps, double x, double y, double lr) {
    double loss, gx, gy;
    gradient(x, y, &loss, &gx, &gy);
    for (long t = 0; t <= steps; t++, rows += 5) {
        rows[0] = x, rows[1] = y, rows[2] = loss, rows[3] = gx, rows[4] = gy;
        x -= lr * gx, y -= lr * gy;
        gradient(x, y, &loss, &gx, &gy);
    }
}

void momentum(double *rows, long steps, double x, double y, double lr, double mu) {
    double loss, gx, gy, vx = 0, vy = 0;
    gradient(x, y, &loss, &gx, &gy);
    for (long t = 0; t <= steps; t++, rows += 7) {
        rows[0] = x, rows[1] = y, rows[2] = loss, rows[3] = gx, rows[4] = gy, rows[5] = vx, rows[6] = vy;
        vx = mu * vx + gx, vy = mu * vy + gy;
        x -= lr * vx, y -= lr * vy;
        gradient(x, y, &loss, &gx, &gy);
    }
}

void adam(double *rows, long steps, double x, double y, double lr, double b1, double b2, double eps) {
    double loss, gx, gy, mx = 0, my = 0, vx = 0, vy = 0;
    gradient(x, y, &loss, &gx, &gy);
    for (long t = 1; t <= steps + 1; t++, rows += 9) {
        rows[0] = x, rows[1] = y, rows[2] = loss, rows[3] = gx, rows[4] = gy;
        rows[5] = mx, rows[6] = my, rows[7] = vx, rows[8] = vy;
        mx = b1 * mx + (1 - b1) * gx, my = b1 * my + (1 - b1) * gy;
        vx = b2 * vx + (1 - b2) * gx * gx, vy = b2 * vy + (1 - b2) * gy * gy;
        double c1 = 1 - pow(b1, t), c2 = 1 - pow(b2, t);
        x -= lr * (mx / c1) / (sqrt(vx / c2) + eps);
        y -= lr * (my / c1) / (sqrt(vy / c2) + eps);
        gradient(x, y, &loss, &gx, &gy);
    }
}

/* Adam on n runs: eight arrays of state and the loss of each, brought forward together, step by step. */
void adam_many(size_t n, long steps, double lr, double b1, double b2, double eps, double *restrict x,
               double *restrict y, double *restrict gx, double *restrict gy, double *restrict mx, double *restrict my,
               double *restrict vx, double *restrict vy, double *restrict loss) {
    for (size_t i = 0; i < n; i++) gradient(x[i], y[i], loss + i, gx + i, gy + i);
    for (long t = 1; t <= steps; t++) {
        double c1 = 1 - pow(b1, t), c2 = 1 - pow(b2, t);
        for (size_t i = 0; i < n; i++) {
            mx[i] = b1 * mx[i] + (1 - b1) * gx[i];
            my[i] = b1 * my[i] + (1 - b1) * gy[i];
            vx[i] = b2 * vx[i] + (1 - b2) * gx[i] * gx[i];
            vy[i] = b2 * vy[i] + (1 - b2) * gy[i] * gy[i];
            x[i] -= lr * (mx[i] / c1) / (sqrt(vx[i] / c2) + eps);
            y[i] -= lr * (my[i] / c1) / (sqrt(vy[i] / c2) + eps);
            double a = 1 - x[i], b = y[i] - x[i] * x[i];
            loss[i] = a * a + 100 * b * b;
            gx[i] = -2 * a - 400 * b * x[i];
            gy[i] = 200 * b;
        }
    }
}
