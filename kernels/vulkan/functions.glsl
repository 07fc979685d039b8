// exp and tanh to about 2 units in the last place. The built-in ones may be off by far more (tanh near
// zero loses half its digits on some drivers), and differ between devices.

/// e^x; 0 below -87, e^88 above 88: finite always.
float exponential(float x)
{
    if (x < -87.0)
        return 0.0;
    const float bounded = min(x, 88.0);
    const float n = roundEven(bounded * 1.44269504);
    // ln 2 in two parts: n times the first is exact
    precise float r = fma(n, -0.693145752, bounded);
    r = fma(n, -1.42860677e-6, r);
    // Taylor's series of e^r, |r| <= 0.35: the next term is below 6e-9
    precise float p = 1.0 / 5040.0;
    p = fma(p, r, 1.0 / 720.0);
    p = fma(p, r, 1.0 / 120.0);
    p = fma(p, r, 1.0 / 24.0);
    p = fma(p, r, 1.0 / 6.0);
    p = fma(p, r, 0.5);
    p = fma(p, r, 1.0);
    p = fma(p, r, 1.0);
    return p * intBitsToFloat((int(n) + 127) << 23);
}

float hyperbolicTangent(float x)
{
    const float a = abs(x);
    if (a > 10.0)
        return sign(x);
    if (a >= 0.5) {
        precise float t = 1.0 - 2.0 / (exponential(2.0 * a) + 1.0);
        return x < 0.0 ? -t : t;
    }
    // Taylor's series, up to x^15
    const float s = x * x;
    precise float p = 929569.0 / 638512875.0;
    p = fma(p, -s, 21844.0 / 6081075.0);
    p = fma(p, -s, 1382.0 / 155925.0);
    p = fma(p, -s, 62.0 / 2835.0);
    p = fma(p, -s, 17.0 / 315.0);
    p = fma(p, -s, 2.0 / 15.0);
    p = fma(p, -s, 1.0 / 3.0);
    p = fma(p, -s, 1.0);
    return x * p;
}
