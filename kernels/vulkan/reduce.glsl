// Sums and maxima over a subgroup and a workgroup in one fixed order, the same bits in every lane.

shared float partials[kSubgroups];

float subgroupTotal(float value)
{
    precise float total = value;
    for (int distance = kLanes / 2; distance > 0; distance /= 2)
        total = total + subgroupShuffleXor(total, uint(distance));
    return total;
}

float subgroupGreatest(float value)
{
    for (int distance = kLanes / 2; distance > 0; distance /= 2)
        value = max(value, subgroupShuffleXor(value, uint(distance)));
    return value;
}

/// Every invocation of the workgroup calls it. It ends with all having read `partials`.
float workgroupTotal(float value)
{
    precise float total = subgroupTotal(value);
    if (kSubgroups > 1) {
        if (lane() == 0)
            partials[subgroup()] = total;
        barrier();
        total = partials[0];
        for (int i = 1; i < kSubgroups; ++i)
            total = total + partials[i];
        barrier();
    }
    return total;
}

float workgroupGreatest(float value)
{
    float greatest = subgroupGreatest(value);
    if (kSubgroups > 1) {
        if (lane() == 0)
            partials[subgroup()] = greatest;
        barrier();
        for (int i = 0; i < kSubgroups; ++i)
            greatest = max(greatest, partials[i]);
        barrier();
    }
    return greatest;
}
