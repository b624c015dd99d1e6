<?php
// Tries the client of openapi-generator's `php` with a service; arguments: folder, URL, largest figure.
require '/usr/share/php/GuzzleHttp/autoload.php';
[, $folder, $base, $largest] = $argv;
spl_autoload_register(function (string $name) use ($folder): void {
    $path = $folder . '/lib/' . str_replace(['OpenAPI\\Client\\', '\\'], ['', '/'], $name) . '.php';
    if (is_file($path)) {
        require $path;
    }
});
error_reporting(E_ALL);
set_error_handler(function (int $level, string $what): bool {
    throw new ErrorException($what, $level);
});
function check(bool $holds, string $what): void
{
    if (!$holds) {
        throw new RuntimeException($what);
    }
}
$configuration = (new OpenAPI\Client\Configuration())->setHost($base);
$http = new GuzzleHttp\Client();
$waves = new OpenAPI\Client\Api\WavesApi($http, $configuration);

$page = $waves->listWaves(driver: ['over_hiring'], country: ['US'], limit: 2);
check(count($page->getData()) === 2 && $page->getMeta()->getCount() > 2, 'two filters');
$seen = [];
$cursor = null;
do {
    $part = $waves->listWaves(company: ['meta'], limit: 3, cursor: $cursor);
    foreach ($part->getData() as $one) {
        $seen[$one->getId()] = true;
    }
    $cursor = $part->getMeta()->getNextCursor();
} while ($cursor !== null);
check(count($seen) === $part->getMeta()->getCount() && count($seen) > 3, 'a walk');
check($waves->getWave('meta-2023-03')->getHeadcount()->getLow() === 10000, 'a record');
check($waves->getWave('meta-2023-03', as_of: '1')->getRevision() === 1, 'as of a revision');
try {
    $waves->getWave('meta-2023-03', as_of: '2020-01-01');
    check(false, 'as of a day before the first revision');
} catch (OpenAPI\Client\ApiException $refused) {
    check($refused->getCode() === 404, '404');
    check($refused->getResponseObject()->getCode() === 'unknown_revision', 'its problem');
}
try {
    $waves->listWaves(driver: ['over_hirng']);
    check(false, 'an unknown code');
} catch (OpenAPI\Client\ApiException $refused) {
    $meant = $refused->getResponseObject()->getErrors()[0]->getSuggestedValue();
    check($refused->getCode() === 400 && $meant === 'over_hiring', 'what was meant');
}
$groups = $waves->getStatistics(group_by: ['year']);
$total = array_sum(array_map(fn ($group) => $group->getWaves(), $groups->getData()));
check($total === $groups->getMeta()->getCount(), 'statistics');
$hits = (new OpenAPI\Client\Api\SearchApi($http, $configuration))->search('meta platforms');
check($hits->getData()[0]->getId() === 'meta', 'search');
$companies = new OpenAPI\Client\Api\CompaniesApi($http, $configuration);
$listed = $companies->listIndicators(company: ['meta'], limit: 200)->getData();
$highs = array_filter(array_map(fn ($one) => $one->getHigh(), $listed));
check(max($highs) == (float) $largest, 'large figures');
echo "ok\n";
