using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Trawl;

/// <summary>Adds Trawl to a service collection.</summary>
public static class TrawlServices
{
    /// <summary>Adds one <see cref="TrawlClient"/> for the whole program.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">The knobs; null for the defaults.</param>
    public static IServiceCollection AddTrawl(this IServiceCollection services, TrawlOptions? options = null)
    {
        services.AddSingleton(Options.Create((options ?? new TrawlOptions()).Validated()));
        services.AddSingleton(provider => new TrawlClient(
            provider.GetRequiredService<IOptions<TrawlOptions>>().Value,
            provider.GetService<ILogger<TrawlClient>>(),
            provider.GetService<TimeProvider>()
        ));
        return services;
    }
}
