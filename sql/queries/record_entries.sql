-- Which entries are recorded.
select record_entries from tenancy.installation
